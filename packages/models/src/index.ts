export { loadModel, readModelDescription, type LoadedModel } from './load-model.js';
export { parseModelDescription, type ModelDescription, type ModelDraft } from './model-description.js';
export { listModels } from './model-folders.js';
export { saveModel, type SaveModelOptions } from './save-model.js';
