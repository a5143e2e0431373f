/**
 * The Euclidean norm of all gradients together; scales them in place where it is larger than allowed.
 *
 * @param gradients changed only where their norm is larger than `maxNorm`
 * @param maxNorm the largest norm to let through; any by default
 * @returns the norm before clipping; not finite where a gradient is not
 * @see Pascanu et al., https://arxiv.org/abs/1211.5063; PyTorch's torch.nn.utils.clip_grad_norm_
 * @example
 * const norm = clipGradients([gradient], 1);
 */
export function clipGradients(gradients: Iterable<Float32Array>, maxNorm = Infinity): number {
  const all = [...gradients];
  let squares = 0;
  for (const gradient of all) {
    for (let i = 0; i < gradient.length; i++) squares += gradient[i]! * gradient[i]!;
  }
  const norm = Math.sqrt(squares);
  if (norm > maxNorm && Number.isFinite(norm)) {
    // PyTorch adds the same millionth.
    const factor = maxNorm / (norm + 1e-6);
    for (const gradient of all) {
      for (let i = 0; i < gradient.length; i++) gradient[i] = gradient[i]! * factor;
    }
  }
  return norm;
}
