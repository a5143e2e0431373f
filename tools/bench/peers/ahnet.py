"""MONAI's AH-Net with the weights of a request, as src/cases/ahnet-weights.ts builds ours."""

import sys

import torch
from monai.networks.nets import AHNet
from safetensors.torch import load_file

FORMAT = torch.channels_last_3d if sys.argv[1:] == ["channels_last_3d"] else torch.contiguous_format


def name():
    layout = ", channels_last_3d" if FORMAT == torch.channels_last_3d else ""
    return f"MONAI on PyTorch {torch.__version__}{layout}"


def load(request):
    """The network and an input of noise, in the layout that the command line asks for."""
    network = AHNet(spatial_dims=3, psp_block_num=0, upsample_mode="trilinear", out_channels=2)
    network.load_state_dict(load_file(request["weights"]), strict=True)
    depth, height, width = request["size"]
    image = torch.rand(1, 1, width, height, depth, generator=torch.Generator().manual_seed(1))
    return network.to(memory_format=FORMAT), image.to(memory_format=FORMAT)
