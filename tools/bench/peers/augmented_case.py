"""The prepared case of the bench's case `augment`, and what the peers share."""

import os

import numpy as np


def load_case(request):
    """Image and label as [1, X, Y, Z]."""

    def read(name, dtype):
        voxels = np.fromfile(os.path.join(request["folder"], name), dtype)
        x, y, z = request["size"]
        return np.ascontiguousarray(voxels.reshape(z, y, x).transpose(2, 1, 0))[None]

    return read("image.f32", np.float32), read("label.u8", np.uint8)


def affine_of(request):
    return np.diag([*request["spacing"], 1.0])
