"""A step of training of MONAI's AH-Net on PyTorch; the argument channels_last_3d asks for that layout."""

from functools import lru_cache

import ahnet
import torch
from monai.losses import DiceLoss
from peer import serve


@lru_cache
def prepared(weights, size):
    network, image = ahnet.load({"weights": weights, "size": size})
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-4)
    return network.train(), image, (image > 0.5).float(), optimizer


loss = DiceLoss(softmax=True, to_onehot_y=True)


def step(request):
    network, image, label, optimizer = prepared(request["weights"], tuple(request["size"]))
    optimizer.zero_grad()
    loss(network(image), label).backward()
    optimizer.step()


serve(ahnet.name(), step)
