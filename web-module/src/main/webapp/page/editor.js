// The workflow as a form: its plain values to change, its links to read, its errors where they belong.
import { byId, el } from './dom.js';
import { writeJson } from './json.js';
import { field } from './widgets.js';
import { inputSpec, isLink, nodeTitle, randomSeed, readingOrder } from './workflow.js';

let prompt = null;
let definitions = {};

export const workflow = () => prompt;

export function define(known) {
  definitions = known;
}

/** Shows a workflow in place of the one before. */
export function edit(next) {
  prompt = structuredClone(next);
  remember();
  document.body.dataset.workflow = 'open';
  byId('nodes').replaceChildren(...readingOrder(prompt).map(nodeBox));
  showErrors(null);
}

function remember() {
  try {
    localStorage.workflow = writeJson(prompt);
  } catch {
    // Without storage a reload starts with no workflow.
  }
}

function nodeBox(id) {
  const node = prompt[id];
  const definition = definitions[node.class_type];
  const inputs = Object.entries(node.inputs ?? {});
  const fields = inputs.filter(([, value]) => !isLink(value)).map(([name, value]) =>
    field(id, name, inputSpec(definition, name), value, (changed) => {
      node.inputs[name] = changed;
      clearProblem(id, name);
      remember();
    }));
  const links = inputs.filter(([, value]) => isLink(value)).map(([name, [from]]) =>
    el('li', { data: { input: name } }, el('span', { textContent: name }), ` ${prompt[from] ? nodeTitle(prompt[from], definitions) : `#${from}`}`));
  const title = nodeTitle(node, definitions);
  return el('article', { class: fields.length ? 'node' : 'node bare', id: `node-${id}`, 'aria-label': title, data: { node: id } },
    el('header', {},
      el('h3', { textContent: title, title: definition?.description || node.class_type }),
      el('span', { class: 'state' }),
      el('code', { textContent: `#${id}`, title: node.class_type })),
    el('div', { class: 'bar', role: 'presentation' }),
    Object.keys(definitions).length && !definition ? el('p', { class: 'problem shown', textContent: `This server has no node ${node.class_type}.` }) : null,
    ...fields,
    links.length ? el('ul', { class: 'links', 'aria-label': 'taken from other nodes' }, ...links) : null,
    el('p', { class: 'problem', data: { own: '' } }));
}

/** Gives every seed that is marked so a new value. */
export function reseed() {
  for (const box of document.querySelectorAll('#nodes .fresh:checked')) {
    const place = box.closest('.field');
    const input = place.querySelector('input');
    const seed = randomSeed();
    input.value = seed;
    prompt[place.closest('.node').dataset.node].inputs[place.dataset.input] = seed;
  }
  remember();
}

const boxOf = (id) => byId(`node-${id}`);

function clearProblem(id, name) {
  const place = boxOf(id)?.querySelector(`.field[data-input="${CSS.escape(name)}"]`);
  place?.classList.remove('wrong');
  place?.querySelector('[aria-invalid]')?.removeAttribute('aria-invalid');
}

/**
 * Shows what the server refused, each error at its input or node, and goes to the first.
 * @param error {message, details} of the whole workflow, or null
 * @param nodeErrors node id -> {errors: [{message, details, extra_info: {input_name}}]}
 */
export function showErrors(error, nodeErrors = {}) {
  for (const wrong of document.querySelectorAll('#nodes .wrong')) {
    wrong.classList.remove('wrong');
    wrong.querySelector('[aria-invalid]')?.removeAttribute('aria-invalid');
  }
  const elsewhere = [];
  for (const [id, { errors, class_type: type }] of Object.entries(nodeErrors)) {
    for (const problem of errors) {
      showProblem(id, type, problem, elsewhere);
    }
  }
  const head = error ? told(error.message, error.details) : '';
  byId('refusal').textContent = [head, ...elsewhere].filter(Boolean).join('\n');
  const wrong = document.querySelector('#nodes .field.wrong, #nodes .node.wrong') ?? (error && document.querySelector('#nodes .problem.shown'));
  wrong?.scrollIntoView({ block: 'center', behavior: 'smooth' });
}

const told = (message, details) => (details && !message.includes(details) ? `${message.replace(/\.$/, '')}: ${details}` : message);

function showProblem(id, type, { message, details, extra_info: info }, elsewhere) {
  const box = boxOf(id);
  if (!box) {
    elsewhere.push(`#${id} ${type}: ${message}`);
    return;
  }
  box.classList.add('wrong');
  const name = info?.input_name;
  const place = name && box.querySelector(`.field[data-input="${CSS.escape(name)}"]`);
  if (!place) {
    box.querySelector('[data-own]').textContent = told(message, details);
    return;
  }
  place.classList.add('wrong');
  place.querySelector('.problem').textContent = told(message, details === name ? '' : details);
  place.querySelector('input, select, textarea')?.setAttribute('aria-invalid', 'true');
}

/** Shows at each node how far it is: id -> {state: running|finished|cached|error|stopped, value, max}. */
export function showProgress(nodes) {
  for (const box of document.querySelectorAll('#nodes .node')) {
    const progress = nodes[box.dataset.node];
    box.dataset.state = progress?.state ?? '';
    const steps = progress?.state === 'running' && progress.max > 1;
    box.style.setProperty('--done', progress?.state === 'finished' ? 1 : progress ? progress.value / progress.max : 0);
    box.querySelector('.state').textContent = steps ? `${progress.value} / ${progress.max}` : { running: 'running', finished: 'done', cached: 'kept', error: 'failed', stopped: 'stopped' }[progress?.state] ?? '';
  }
}
