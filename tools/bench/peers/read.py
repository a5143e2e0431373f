"""Milliseconds that SimpleITK takes to read a file or a DICOM folder, as JSON: read.py PATH REPEATS"""

import json
import os
import sys
import time

import SimpleITK as sitk


def read(path):
    if os.path.isdir(path):
        reader = sitk.ImageSeriesReader()
        reader.SetFileNames(sitk.ImageSeriesReader.GetGDCMSeriesFileNames(path))
        return reader.Execute()
    return sitk.ReadImage(path)


path, repeats = sys.argv[1], int(sys.argv[2])
times = []
for run in range(repeats + 1):
    start = time.perf_counter()
    read(path)
    if run > 0:
        times.append(1000 * (time.perf_counter() - start))
print(json.dumps({f"SimpleITK {sitk.Version_VersionString()}": times}))
