/** What stands for air where the scanner measured nothing, in HU: the lowest number of a scale of 12 bits. */
export const AIR_HU = -1024;
