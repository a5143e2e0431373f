"""Writes gradient norms of AH-Net computed in float64 by MONAI / PyTorch, with batch normalisation by running statistics.

Usage: python make_gradients.py OUT_DIR SEED   (needs torch, monai, numpy, safetensors)

In training mode AH-Net's gradients at these small sizes are ill-conditioned: the deepest batch normalisations see six
voxels, and PyTorch's own float32 gradients differ from its float64 ones by up to 3 %. With running statistics they are
well-conditioned, so that an error of the backward pass shows at 1e-3. Inputs and weights are as in make_golden.py.
"""
import json, os, sys, warnings
warnings.filterwarnings("ignore")
import numpy as np, torch
from monai.losses import DiceLoss
from monai.networks.nets import AHNet
from safetensors.torch import save_file

OUT, SEED = sys.argv[1], int(sys.argv[2])
os.makedirs(OUT, exist_ok=True)


def fnv1a(name):
    h = 0x811C9DC5
    for b in name.encode():
        h = ((h ^ b) * 0x01000193) & 0xFFFFFFFF
    return h


def uniform(name, n):
    with np.errstate(over="ignore"):
        h = (np.arange(n, dtype=np.uint32) * np.uint32(0x9E3779B9) + np.uint32((fnv1a(name) + SEED) & 0xFFFFFFFF)).astype(np.uint32)
        h ^= h >> np.uint32(16); h *= np.uint32(0x85EBCA6B)
        h ^= h >> np.uint32(13); h *= np.uint32(0xC2B2AE35)
        h ^= h >> np.uint32(16)
    return (h.astype(np.float64) / 2**31 - 1).astype(np.float32)


def tensor(name, shape):
    return torch.from_numpy(uniform(name, int(np.prod(shape))).reshape(shape).copy())


def fill(net):
    for k, v in net.state_dict().items():
        if k.endswith("num_batches_tracked"): continue
        u = tensor(k, tuple(v.shape))
        if v.ndim >= 3:
            up = ".up." in k or "up_modules" in k
            u = u * np.float32(np.sqrt(6.0 / (v.shape[0] if up else v.shape[1] * int(np.prod(v.shape[2:])))))
        elif k.endswith("running_mean") or k.endswith("bias"): u = 0.1 * u
        elif k.endswith("running_var"): u = 3 * (1 + 0.2 * u)
        else: u = 1 + 0.1 * u
        v.copy_(u)
    return net


CASES = [("ahnet-frozen-psp0-transpose", 3, 0, "transpose", (64, 32, 32)),
         ("ahnet-frozen-psp2-trilinear", 3, 2, "trilinear", (32, 64, 32)),
         ("ahnet-frozen-psp2-transpose", 3, 2, "transpose", (32, 64, 32)),
         ("ahnet-frozen-psp0-nearest", 3, 0, "nearest", (32, 32, 32)),
         ("ahnet-frozen-2d-psp1-transpose", 2, 1, "transpose", (32, 64)),
         ("ahnet-frozen-2d-psp2-bilinear", 2, 2, "bilinear", (64, 32))]
manifest = {"seed": SEED, "torch": torch.__version__, "cases": {}}
for name, dims, psp, mode, size in CASES:
    with torch.no_grad():
        net = fill(AHNet(spatial_dims=dims, in_channels=1, out_channels=2, psp_block_num=psp, upsample_mode=mode))
    net = net.double().eval()
    shape = (1, 1, *size)
    label = (tensor("label:" + name, shape) > 0.4).double()
    loss = DiceLoss(to_onehot_y=True, softmax=True)(net(tensor("input:" + name, shape).double()), label)
    loss.backward()
    out = {"grad_norm." + k: p.grad.norm().reshape(1).float() for k, p in net.named_parameters()}
    save_file({**out, "dice_loss": loss.detach().reshape(1).float()}, f"{OUT}/{name}.safetensors")
    manifest["cases"][name] = {"input_shape": list(shape), "args": {"layers": [3, 4, 6, 3], "spatial_dims": dims, "in_channels": 1,
                               "out_channels": 2, "psp_block_num": psp, "upsample_mode": mode}}
json.dump(manifest, open(f"{OUT}/manifest.json", "w"), indent=1)
