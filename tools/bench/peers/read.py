"""How long SimpleITK takes, in milliseconds, to read a file or a DICOM folder, as JSON: read.py PATH REPEATS"""

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
wall, cpu = [], []
for run in range(repeats + 1):
    start, start_cpu = time.perf_counter(), time.process_time()
    read(path)
    if run > 0:
        wall.append(1000 * (time.perf_counter() - start))
        cpu.append(1000 * (time.process_time() - start_cpu))
print(json.dumps({f"SimpleITK {sitk.Version_VersionString()}": {"wall": wall, "cpu": cpu}}))
