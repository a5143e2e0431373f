"""Proves that weights cross over between MONAI and lungseg; called by `nx run conformance:monai`, which compares.

Usage: python monai_weights.py FOLDER   (needs torch, monai, safetensors)

Loads FOLDER/ours.safetensors into MONAI with strict=True and writes its logits for FOLDER/image.safetensors; writes a network
of MONAI's own, initialised and trained for two steps, with its logits; and a 2-D ResNet-50 with what MONAI's copy_from
makes of it.
"""

import json
import sys

import torch
from monai.networks.nets import AHNet
from safetensors.torch import load_file, save_file
from torch import nn

FOLDER = sys.argv[1]
with open(f"{FOLDER}/options.json") as file:
    OPTIONS = json.load(file)


class Bottleneck(nn.Module):
    def __init__(self, inputs, planes, first):
        super().__init__()
        self.conv1, self.bn1 = nn.Conv2d(inputs, planes, 1, bias=False), nn.BatchNorm2d(planes)
        self.conv2, self.bn2 = nn.Conv2d(planes, planes, 3, bias=False), nn.BatchNorm2d(planes)
        self.conv3, self.bn3 = nn.Conv2d(planes, 4 * planes, 1, bias=False), nn.BatchNorm2d(4 * planes)
        if first:
            shortcut = nn.Conv2d(inputs, 4 * planes, 1, bias=False)
            self.downsample = nn.Sequential(shortcut, nn.BatchNorm2d(4 * planes))


class ResNet50(nn.Module):
    """Its modules alone, in torchvision's order: nothing is computed."""

    def __init__(self):
        super().__init__()
        self.conv1, self.bn0 = nn.Conv2d(3, 64, 7, bias=False), nn.BatchNorm2d(64)
        inputs = 64
        for stage, blocks in enumerate((3, 4, 6, 3)):
            planes = 64 << stage
            stack = []
            for block in range(blocks):
                stack.append(Bottleneck(inputs, planes, block == 0))
                inputs = 4 * planes
            setattr(self, f"layer{stage + 1}", nn.Sequential(*stack))
        for module in self.modules():
            if isinstance(module, nn.BatchNorm2d):
                nn.init.normal_(module.weight)
                nn.init.normal_(module.bias)


def save(name, network):
    save_file({key: value.contiguous() for key, value in network.state_dict().items()}, f"{FOLDER}/{name}.safetensors")


def logits(network, image):
    with torch.inference_mode():
        return network.eval()(image).contiguous()


torch.manual_seed(0)
image = load_file(f"{FOLDER}/image.safetensors")["image"]
ours = AHNet(**OPTIONS)
print(ours.load_state_dict(load_file(f"{FOLDER}/ours.safetensors"), strict=True))

theirs = AHNet(**OPTIONS)
save("initial", theirs)
theirs.train()
for _ in range(2):
    theirs(image)
save("theirs", theirs)
save_file({"ours": logits(ours, image), "theirs": logits(theirs, image)}, f"{FOLDER}/logits.safetensors")

resnet = ResNet50()
save("resnet", resnet)
theirs.copy_from(resnet)
save("copied", theirs)
