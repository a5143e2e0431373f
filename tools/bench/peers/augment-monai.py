"""The random part of the Clara recipe with MONAI: its dictionary transforms under a DataLoader that keeps its workers."""

import monai
import torch
from augmented_case import affine_of, load_case
from monai.data import DataLoader, Dataset, MetaTensor
from monai.transforms import (
    Compose,
    FgBgToIndicesd,
    RandCropByPosNegLabeld,
    RandFlipd,
    RandRotated,
    RandShiftIntensityd,
)
from peer import serve

KEYS = ("image", "label")
loaders = {}


def augmentation():
    return Compose(
        [
            RandCropByPosNegLabeld(
                KEYS, "label", (224, 224, 32), pos=1, neg=1, num_samples=1,
                fg_indices_key="label_fg_indices", bg_indices_key="label_bg_indices",
            ),
            # Turns about the third axis: MONAI's range_z.
            RandRotated(
                KEYS, range_z=15 * 3.14159265 / 180, prob=1, mode=("bilinear", "nearest"), padding_mode="border"
            ),
            *[RandFlipd(KEYS, prob=0.5, spatial_axis=axis) for axis in range(3)],
            RandShiftIntensityd("image", offsets=0.1, prob=1),
        ]
    )


def loader_of(request):
    workers = request["workers"]
    if workers not in loaders:
        image, label = load_case(request)
        affine = torch.from_numpy(affine_of(request))
        case = {
            "image": MetaTensor(torch.from_numpy(image), affine=affine),
            "label": MetaTensor(torch.from_numpy(label), affine=affine),
        }
        # As CacheDataset would keep it: where lungs and others lie is found once.
        case = FgBgToIndicesd("label")(case)
        data = Dataset([case] * request["samples"], augmentation())
        loaders[workers] = DataLoader(data, batch_size=1, num_workers=workers, persistent_workers=True)
    return loaders[workers]


def perform(request):
    count = 0
    for batch in loader_of(request):
        assert batch["image"].shape == (1, 1, 224, 224, 32) and batch["label"].shape == (1, 1, 224, 224, 32)
        count += 1
    assert count == request["samples"]


if __name__ == "__main__":
    serve(f"MONAI {monai.__version__}", perform)
