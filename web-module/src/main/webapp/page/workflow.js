// Workflows in API format: node id -> {class_type, inputs, _meta}.
import { parseJson } from './json.js';
import { isPng, pngText } from './png.js';

const SEEDS = ['seed', 'noise_seed'];

/** The workflow of a dropped file: JSON, or a picture that carries one. */
export async function readWorkflow(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  if (!isPng(bytes)) {
    return parseWorkflow(new TextDecoder().decode(bytes));
  }
  const text = await pngText(bytes, 'prompt');
  if (text === null) {
    throw new Error(`${file.name} carries no workflow: it has no text chunk "prompt".`);
  }
  return parseWorkflow(text);
}

export function parseWorkflow(text) {
  let value;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new Error(`This is neither a PNG nor JSON: ${error.message}`);
  }
  const prompt = value?.prompt ?? value;
  if (Array.isArray(prompt?.nodes)) {
    throw new Error('This is a workflow as the graph editor saves it. Export it there in API format.');
  }
  const nodes = prompt && typeof prompt === 'object' ? Object.values(prompt) : [];
  if (!nodes.length || nodes.some((node) => typeof node?.class_type !== 'string')) {
    throw new Error('This is no workflow in API format: every node needs a class_type.');
  }
  // Pictures tell of the files that they were made from: kept, it would have the server take newer ones for unchanged.
  nodes.forEach((node) => delete node.is_changed);
  return prompt;
}

export function isLink(value) {
  return Array.isArray(value) && value.length === 2 && typeof value[1] === 'number';
}

/** Node ids in the order in which a person reads them: what a node takes from comes before it. */
export function readingOrder(prompt) {
  const order = [];
  const seen = new Set();
  const visit = (id) => {
    if (seen.has(id) || !prompt[id]) {
      return;
    }
    seen.add(id);
    for (const value of Object.values(prompt[id].inputs ?? {})) {
      if (isLink(value)) {
        visit(String(value[0]));
      }
    }
    order.push(id);
  };
  Object.keys(prompt).forEach(visit);
  return order;
}

/** One line that tells one prompt from another: its longest text, else its last node. */
export function summary(prompt) {
  const texts = Object.values(prompt)
    .flatMap((node) => Object.entries(node.inputs ?? {}))
    .filter(([name, value]) => /text|prompt/.test(name) && typeof value === 'string' && !/prefix/.test(name))
    .map(([, value]) => value.trim());
  const longest = texts.reduce((best, text) => (text.length > best.length ? text : best), '');
  return longest || Object.values(prompt).at(-1)?.class_type || 'workflow';
}

export function nodeTitle(node, definitions) {
  return node._meta?.title ?? definitions[node.class_type]?.display_name ?? node.class_type;
}

/** The [type, options] that a node's class declares for an input, or nothing. */
export function inputSpec(definition, name) {
  return definition?.input?.required?.[name] ?? definition?.input?.optional?.[name];
}

export function isSeed(name, options) {
  return SEEDS.includes(name) || Boolean(options?.control_after_generate);
}

export function randomSeed() {
  // 2^50: whole in every client's numbers, enough to never meet again.
  const [high, low] = crypto.getRandomValues(new Uint32Array(2));
  return (high % 2 ** 18) * 2 ** 32 + low;
}

/** Text to picture with the first checkpoint of the server, or null where a node for it is missing. */
export function starter(definitions) {
  const spec = inputSpec(definitions.CheckpointLoaderSimple, 'ckpt_name');
  const checkpoint = (Array.isArray(spec?.[0]) ? spec[0] : spec?.[1]?.options)?.[0];
  const needed = ['CLIPTextEncode', 'EmptyLatentImage', 'KSampler', 'VAEDecode', 'SaveImage'];
  if (!checkpoint || needed.some((name) => !definitions[name])) {
    return null;
  }
  return {
    4: { class_type: 'CheckpointLoaderSimple', inputs: { ckpt_name: checkpoint } },
    6: { class_type: 'CLIPTextEncode', inputs: { text: 'a red circle', clip: ['4', 1] }, _meta: { title: 'What to show' } },
    7: { class_type: 'CLIPTextEncode', inputs: { text: '', clip: ['4', 1] }, _meta: { title: 'What to avoid' } },
    5: { class_type: 'EmptyLatentImage', inputs: { width: 256, height: 256, batch_size: 1 } },
    3: { class_type: 'KSampler', inputs: { seed: randomSeed(), steps: 20, cfg: 7, sampler_name: 'euler', scheduler: 'normal', denoise: 1, model: ['4', 0], positive: ['6', 0], negative: ['7', 0], latent_image: ['5', 0] } },
    8: { class_type: 'VAEDecode', inputs: { samples: ['3', 0], vae: ['4', 2] } },
    9: { class_type: 'SaveImage', inputs: { filename_prefix: 'ComfyEE', images: ['8', 0] } },
  };
}
