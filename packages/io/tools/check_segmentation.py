"""Checks a DICOM segmentation against a mask by other implementations: pydicom, highdicom and SimpleITK.

pip install pydicom==3.0.2 highdicom==0.28.2 SimpleITK==2.5.7
python check_segmentation.py SEG.dcm MASK.nii.gz [FOLDER of the source series]

MASK has the labels that the segments' numbers name. Prints one line, and exits with 1 where anything differs.
"""

import pathlib
import sys

import highdicom
import numpy as np
import pydicom
import SimpleITK as sitk


def main(segmentation, mask, source=None):
    seg = highdicom.seg.segread(segmentation)
    image = sitk.ReadImage(mask)
    labels = sitk.GetArrayFromImage(image)
    slices, rows, columns = labels.shape
    numbers = list(seg.segment_numbers)
    frames = np.atleast_3d(seg.pixel_array).reshape(-1, rows, columns)
    assert len(frames) == slices * len(numbers), (len(frames), slices, numbers)
    worst = 0.0
    for frame, groups in zip(frames, seg.PerFrameFunctionalGroupsSequence, strict=True):
        position = [float(v) for v in groups.PlanePositionSequence[0].ImagePositionPatient]
        index = image.TransformPhysicalPointToContinuousIndex(position)
        k = round(index[2])
        worst = max(worst, *np.abs(np.array(image.TransformIndexToPhysicalPoint((0, 0, k))) - position))
        number = groups.SegmentIdentificationSequence[0].ReferencedSegmentNumber
        assert np.array_equal(frame != 0, labels[k] == number), f"segment {number}, slice {k} differs"
    assert worst < 1e-3, f"a frame lies {worst} mm from its slice"
    # The same through highdicom's own reading, which puts frames in their place by itself.
    volume = seg.get_volume(combine_segments=True)
    back = volume.match_geometry(geometry_of(image, seg.FrameOfReferenceUID)).array
    assert np.array_equal(back, labels), "highdicom's volume differs"
    if source is not None:
        check_references(seg, source)
    names = ", ".join(f"{n} {seg.get_segment_description(n).segment_label}" for n in numbers)
    counts = [int((labels == n).sum()) for n in numbers]
    print(f"the same: {columns} x {rows} x {slices}, {names}, {counts} voxels, within {worst:.1e} mm")


def geometry_of(image, frame_of_reference):
    direction = np.array(image.GetDirection()).reshape(3, 3)
    return highdicom.VolumeGeometry.from_components(
        # highdicom indexes slices, rows, columns.
        spatial_shape=image.GetSize()[::-1],
        spacing=image.GetSpacing()[::-1],
        direction=direction[:, ::-1],
        position=image.GetOrigin(),
        coordinate_system="PATIENT",
        frame_of_reference_uid=frame_of_reference,
    )


def check_references(seg, folder):
    files = [pydicom.dcmread(path, stop_before_pixels=True) for path in pathlib.Path(folder).rglob("*") if path.is_file()]
    sources = {file.SOPInstanceUID: file for file in files}
    [series] = seg.ReferencedSeriesSequence
    referenced = {item.ReferencedSOPInstanceUID for item in series.ReferencedInstanceSequence}
    assert referenced <= set(sources), "an instance that is referred to is not in the folder"
    for groups in seg.PerFrameFunctionalGroupsSequence:
        [image] = groups.DerivationImageSequence[0].SourceImageSequence
        place = groups.PlanePositionSequence[0].ImagePositionPatient
        of_source = sources[image.ReferencedSOPInstanceUID].get("ImagePositionPatient")
        if of_source is not None:
            assert np.allclose(place, of_source, atol=1e-3), "a frame refers to a slice that lies elsewhere"
    first = next(iter(sources.values()))
    for name in ["PatientName", "PatientID", "PatientBirthDate", "PatientSex", "StudyInstanceUID", "StudyDate"]:
        assert str(seg.get(name, "")) == str(first.get(name, "")), name


if __name__ == "__main__":
    main(*sys.argv[1:])
