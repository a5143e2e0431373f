"""Reads a file or a DICOM folder with SimpleITK."""

import os

import SimpleITK as sitk
from peer import serve


def read(path):
    if os.path.isdir(path):
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(path))
        return reader.Execute()
    return sitk.ReadImage(path)


serve(f"SimpleITK {sitk.Version_VersionString()}", read)
