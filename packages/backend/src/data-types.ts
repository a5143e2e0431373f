/** Numbers of TensorFlow's data types that are used here. */
export const DATA_TYPES = { float32: 1, int32: 3, bfloat16: 14, float16: 19 } as const;

/** A type of numbers; tfjs itself knows only float32 and int32 of these. */
export type NumberType = keyof typeof DATA_TYPES;
