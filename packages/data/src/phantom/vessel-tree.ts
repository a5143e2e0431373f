import type { Rng, Vec3 } from '@lungseg/core';
import type { Capsule } from './shapes.js';
import { tissues } from './tissue.js';

// Bound once: looking Math up for each voxel is slow where globals are intercepted, as in test runners.
const { min, sqrt } = Math;

/** Where a tree grows and how thick it is. */
export interface VesselTreeOptions {
  readonly root: Vec3;
  /** Points that the tips may reach. */
  readonly points: readonly Vec3[];
  readonly tips: number;
  /** Radius of a tip in mm; branches join by Murray's law. */
  readonly tipRadius: number;
  readonly maximumRadius: number;
  readonly hu: number;
}

interface Node {
  readonly at: Vec3;
  readonly toRoot: number;
  readonly parent: number;
  flow: number;
}

/** Far faster than Math.hypot, which guards against overflow. */
function distance(a: Vec3, b: Vec3): number {
  const [x, y, z] = [a[0] - b[0], a[1] - b[1], a[2] - b[2]];
  return sqrt(x * x + y * y + z * z);
}

/**
 * A tree of vessels through a lung: each tip joins the tree at its nearest node, those near the root first, so that
 * branches fan out from the hilum.
 *
 * @see Murray, The physiological principle of minimum work, 1926, doi:10.1073/pnas.12.3.207
 */
export function growVesselTree(options: VesselTreeOptions, rng: Rng): Capsule[] {
  const { root, points, tips, tipRadius, maximumRadius, hu } = options;
  if (points.length === 0) return [];
  const targets = Array.from({ length: tips }, () => rng.choice(points)).sort(
    (a, b) => distance(a, root) - distance(b, root),
  );
  const nodes: Node[] = [{ at: root, toRoot: 0, parent: -1, flow: 0 }];
  for (const target of targets) {
    let nearest = 0;
    let best = Infinity;
    for (let index = 0; index < nodes.length; index++) {
      // Branches keep going outwards: a node farther from the root than the tip is a poor parent.
      const d = distance(nodes[index]!.at, target) + 0.25 * nodes[index]!.toRoot;
      if (d < best) {
        nearest = index;
        best = d;
      }
    }
    const from = nodes[nearest]!.at;
    const bend = 0.12 * distance(from, target);
    const middle: Vec3 = [
      (from[0] + target[0]) / 2 + rng.normal(0, bend),
      (from[1] + target[1]) / 2 + rng.normal(0, bend),
      (from[2] + target[2]) / 2 + rng.normal(0, bend),
    ];
    nodes.push({ at: middle, toRoot: distance(middle, root), parent: nearest, flow: 0 });
    nodes.push({ at: target, toRoot: distance(target, root), parent: nodes.length - 1, flow: 0 });
    for (let n = nodes.length - 1; n >= 0; n = nodes[n]!.parent) nodes[n]!.flow++;
  }
  const radius = (flow: number): number => min(maximumRadius, tipRadius * flow ** (1 / 2.7));
  return nodes.slice(1).map((node) => ({
    type: 'capsule',
    from: nodes[node.parent]!.at,
    to: node.at,
    r0: radius(min(node.flow + 1, nodes[node.parent]!.flow)),
    r1: radius(node.flow),
    hu,
    over: tissues('lung'),
    edge: 0.8,
  }));
}
