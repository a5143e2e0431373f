"""Inference by MONAI's AH-Net on PyTorch; the argument channels_last_3d asks for that layout."""

from functools import lru_cache

import ahnet
import torch
from peer import serve


@lru_cache
def prepared(weights, size):
    network, image = ahnet.load({"weights": weights, "size": size})
    return network.eval(), image


def forward(request):
    network, image = prepared(request["weights"], tuple(request["size"]))
    with torch.inference_mode():
        network(image)


serve(ahnet.name(), forward)
