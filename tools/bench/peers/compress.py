"""Compresses the DICOM files of a folder by GDCM: python compress.py FROM TO TRANSFER-SYNTAX."""

import os
import sys

import gdcm


def compress(source, target, syntax):
    reader = gdcm.ImageReader()
    reader.SetFileName(source)
    assert reader.Read(), source
    change = gdcm.ImageChangeTransferSyntax()
    change.SetTransferSyntax(gdcm.TransferSyntax(gdcm.TransferSyntax.GetTSType(syntax)))
    change.SetInput(reader.GetImage())
    assert change.Change(), syntax
    writer = gdcm.ImageWriter()
    writer.SetFileName(target)
    writer.SetFile(reader.GetFile())
    writer.SetImage(change.GetOutput())
    assert writer.Write(), target


source, target, syntax = sys.argv[1:]
os.mkdir(target)
for name in sorted(os.listdir(source)):
    compress(os.path.join(source, name), os.path.join(target, name), syntax)
