"""The random part of the Clara recipe with TorchIO: patches by label, then its transforms, under a DataLoader."""

import torch
import torchio as tio
from augmented_case import affine_of, load_case
from peer import serve
from torch.utils.data import Dataset

loaders = {}


class Samples(Dataset):
    def __init__(self, subject, count):
        self.count = count
        # One sampler and its map of probabilities for all samples: every second patch is laid around the lungs.
        self.subject = subject
        self.sampler = tio.LabelSampler((224, 224, 32), "label", label_probabilities={0: 1, 1: 1})
        self.patches = None
        self.transform = tio.Compose(
            [
                tio.RandomAffine(
                    scales=(1, 1, 1, 1, 1, 1), degrees=(0, 0, 0, 0, -15, 15), image_interpolation="linear"
                ),
                tio.RandomFlip(axes=(0, 1, 2), flip_probability=0.5),
            ]
        )

    def __len__(self):
        return self.count

    def __getitem__(self, _index):
        if self.patches is None:
            self.patches = self.sampler(self.subject)
        return self.transform(next(self.patches))


def loader_of(request):
    workers = request["workers"]
    if workers not in loaders:
        image, label = load_case(request)
        affine = affine_of(request)
        subject = tio.Subject(
            image=tio.ScalarImage(tensor=torch.from_numpy(image), affine=affine),
            label=tio.LabelMap(tensor=torch.from_numpy(label), affine=affine),
        )
        data = Samples(subject, request["samples"])
        loaders[workers] = tio.SubjectsLoader(data, batch_size=1, num_workers=workers, persistent_workers=True)
    return loaders[workers]


def perform(request):
    count = 0
    for batch in loader_of(request):
        assert batch["image"]["data"].shape == (1, 1, 224, 224, 32)
        assert batch["label"]["data"].shape == (1, 1, 224, 224, 32)
        count += 1
    assert count == request["samples"]


if __name__ == "__main__":
    serve(f"TorchIO {tio.__version__}", perform)
