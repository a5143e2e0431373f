import { expect, test } from '@jest/globals';
import { createGeometry, createVolume, indexToWorld, type Vec3 } from '@lungseg/core';
import { IGNORED_LABEL, ignoreLesions } from './ignore-lesions.js';

const geometry = createGeometry({ size: [60, 40, 30], spacing: [4, 4, 4], origin: [-118, -78, -58] });
const within = (p: Vec3, centre: Vec3, radius: number): boolean =>
  Math.hypot(...p.map((n, axis) => n - centre[axis]!)) < radius;

/** Two balls of lung of 40 mm, one with a tumour of 16 mm at its side, which the label leaves out, and a cavity in it. */
function chest(): { image: Int16Array; label: Uint8Array; tumour: boolean[] } {
  const image = new Int16Array(60 * 40 * 30).fill(40);
  const label = new Uint8Array(image.length);
  const tumour = Array.from(image, () => false);
  for (let n = 0; n < image.length; n++) {
    const p = indexToWorld(geometry, [n % 60, Math.floor(n / 60) % 40, Math.floor(n / 2400)]);
    if (!within(p, [-60, 0, 0], 40) && !within(p, [60, 0, 0], 40)) continue;
    tumour[n] = within(p, [88, 0, 0], 16);
    image[n] = tumour[n] && !within(p, [88, 0, 0], 5) ? 40 : -850;
    label[n] = tumour[n] ? 0 : 1;
  }
  return { image, label, tumour };
}

test('of dense voxels in the notches of a lung nothing is said; of gas there, and between the lungs, it is', () => {
  const { image, label, tumour } = chest();
  const { data } = ignoreLesions(createVolume(image, geometry), createVolume(label, geometry, 'label'), {
    radius: 40,
    fromHu: -300,
  });
  const dense = tumour.filter((is, n) => is && image[n] === 40).length;
  const ignored = tumour.filter((_, n) => data[n] === IGNORED_LABEL).length;
  expect(dense).toBeGreaterThan(100);
  // As far as the notch's mouth, beyond which the ball bulges.
  expect(ignored / dense).toBeGreaterThan(0.6);
  for (let n = 0; n < data.length; n++) {
    if (data[n] !== IGNORED_LABEL) expect(data[n]).toBe(label[n]);
    else expect(tumour[n] && image[n] === 40).toBe(true);
  }
});

test('what has no notch stays', () => {
  const { image, label, tumour } = chest();
  const whole = label.map((value, n) => (tumour[n] ? 1 : value));
  const { data } = ignoreLesions(createVolume(image, geometry), createVolume(whole, geometry, 'label'), {
    radius: 40,
    fromHu: -300,
  });
  expect(data.filter((value) => value === IGNORED_LABEL)).toHaveLength(0);
});
