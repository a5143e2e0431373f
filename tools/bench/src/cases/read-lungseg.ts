import { readVolume } from '@lungseg/io';
import { serveTasks } from '../serve-tasks.js';

await serveTasks('lungseg', (path) => readVolume(path as string));
