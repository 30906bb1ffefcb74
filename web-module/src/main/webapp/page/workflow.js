// Workflows in API format: read from files and pictures, shown as a form, changed by it.

/** The workflow in a file: JSON itself, or in the text chunk "prompt" of a PNG. */
export async function readWorkflow(file) {
  const bytes = new Uint8Array(await file.arrayBuffer());
  const isPng = bytes[0] === 0x89 && bytes[1] === 0x50;
  const text = isPng ? promptOfPng(bytes) : new TextDecoder().decode(bytes);
  if (!text) {
    throw new Error('This picture carries no workflow.');
  }
  return parseWorkflow(text);
}

export function parseWorkflow(text) {
  let value;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`This is no JSON: ${error.message}`);
  }
  const prompt = value.prompt ?? value;
  const nodes = Object.values(prompt);
  if (Array.isArray(prompt.nodes)) {
    throw new Error('This is a workflow of the graph editor. Export it in API format.');
  }
  if (!nodes.length || nodes.some((node) => typeof node?.class_type !== 'string')) {
    throw new Error('This is no workflow in API format: each node needs a class_type.');
  }
  return prompt;
}

function promptOfPng(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset);
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = view.getUint32(at);
    const type = String.fromCharCode(...bytes.subarray(at + 4, at + 8));
    const body = bytes.subarray(at + 8, at + 8 + length);
    if (type === 'tEXt' || type === 'iTXt') {
      const end = body.indexOf(0);
      if (new TextDecoder('latin1').decode(body.subarray(0, end)) === 'prompt') {
        // An iTXt chunk has flags, a language and a translated keyword before its text.
        const start = type === 'tEXt' ? end + 1 : body.indexOf(0, body.indexOf(0, end + 3) + 1) + 1;
        return new TextDecoder(type === 'tEXt' ? 'latin1' : 'utf-8').decode(body.subarray(start));
      }
    }
    at += 12 + length;
  }
  return null;
}

/** Fills an element with fields for the plain values of a workflow; a field writes its value back. */
export function showEditor(element, prompt, definitions) {
  element.replaceChildren();
  for (const [id, node] of Object.entries(prompt)) {
    const definition = definitions[node.class_type];
    const fields = Object.entries(node.inputs ?? {}).filter(([, value]) => !Array.isArray(value));
    const box = document.createElement('div');
    box.className = 'node';
    box.dataset.node = id;
    const title = document.createElement('h4');
    title.textContent = `${node._meta?.title ?? definition?.display_name ?? node.class_type} `;
    title.append(Object.assign(document.createElement('small'), { textContent: `#${id}` }));
    box.append(title);
    for (const [name, value] of fields) {
      const [type, options = {}] = definition?.input.required?.[name] ?? definition?.input.optional?.[name] ?? [typeof value];
      box.append(field(name, value, type, options, (changed) => { node.inputs[name] = changed; }));
    }
    if (!definition) {
      box.append(Object.assign(document.createElement('p'), { className: 'quiet', textContent: 'This server does not know this node.' }));
    }
    if (fields.length || !definition) {
      element.append(box);
    }
  }
}

function field(name, value, type, options, change) {
  const label = document.createElement('label');
  label.className = 'field';
  label.title = options.tooltip ?? '';
  label.append(Object.assign(document.createElement('span'), { textContent: name }));
  const choices = Array.isArray(type) ? type : type === 'COMBO' ? options.options : null;
  let input;
  if (choices) {
    input = document.createElement('select');
    for (const choice of choices.includes(value) ? choices : [value, ...choices]) {
      input.append(new Option(choice, choice, false, choice === value));
    }
  } else if (options.multiline) {
    input = Object.assign(document.createElement('textarea'), { value });
  } else {
    input = document.createElement('input');
    input.type = typeof value === 'boolean' ? 'checkbox' : typeof value === 'number' ? 'number' : 'text';
    input.step = type === 'INT' ? 1 : options.step ?? 'any';
    if (options.min !== undefined) {
      input.min = options.min;
    }
    if (type === 'FLOAT') {
      input.step = 'any';
    }
    input[input.type === 'checkbox' ? 'checked' : 'value'] = value;
  }
  input.addEventListener('input', () => {
    change(input.type === 'checkbox' ? input.checked : input.type === 'number' ? input.valueAsNumber : input.value);
  });
  label.append(input);
  return label;
}

/** Gives every seed of a workflow a new value. */
export function reseed(prompt) {
  for (const node of Object.values(prompt)) {
    for (const name of ['seed', 'noise_seed']) {
      if (typeof node.inputs?.[name] === 'number') {
        node.inputs[name] = Math.floor(Math.random() * Number.MAX_SAFE_INTEGER);
      }
    }
  }
}
