// The page: puts together editor, queue, progress and pictures.
import { listen, pictureUrl, server } from './server.js';
import { parseWorkflow, readWorkflow, reseed, showEditor } from './workflow.js';

const LATEST = 40;
const $ = (id) => document.getElementById(id);
const state = { prompt: null, definitions: {}, run: null, titles: {} };

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

// --- workflow ---

function edit(prompt) {
  state.prompt = prompt;
  $('editor').hidden = false;
  fail('');
  showEditor($('nodes'), prompt, state.definitions);
  sessionStorage.workflow = JSON.stringify(prompt);
}

function fail(message, nodeErrors = {}) {
  $('errors').hidden = !message;
  const details = Object.entries(nodeErrors).flatMap(([id, node]) => node.errors.map((error) => `#${id} ${node.class_type}: ${error.message} (${error.details})`));
  $('errors').textContent = [message, ...details].join('\n');
  for (const box of document.querySelectorAll('.node')) {
    box.classList.toggle('failed', box.dataset.node in nodeErrors);
  }
}

async function open(file) {
  try {
    edit(await readWorkflow(file));
  } catch (error) {
    $('editor').hidden = false;
    fail(error.message);
  }
}

async function submit() {
  sessionStorage.workflow = JSON.stringify(state.prompt);
  fail('');
  try {
    for (let i = 0; i < $('times').valueAsNumber; i++) {
      if ($('random').checked) {
        reseed(state.prompt);
      }
      const { node_errors: nodeErrors } = await server.submit(state.prompt);
      if (Object.keys(nodeErrors).length) {
        fail('Some outputs were left out:', nodeErrors);
      }
    }
    showEditor($('nodes'), state.prompt, state.definitions);
  } catch (error) {
    fail(error.message, error.answer?.node_errors);
  }
  refreshQueue();
}

$('editor').addEventListener('submit', (event) => { event.preventDefault(); submit(); });
$('file').addEventListener('change', ({ target }) => { if (target.files[0]) { open(target.files[0]); } target.value = ''; });
addEventListener('dragover', (event) => { event.preventDefault(); $('drop').classList.add('over'); });
addEventListener('dragleave', () => $('drop').classList.remove('over'));
addEventListener('drop', (event) => {
  event.preventDefault();
  $('drop').classList.remove('over');
  if (event.dataTransfer.files[0]) {
    open(event.dataTransfer.files[0]);
  }
});
addEventListener('paste', (event) => {
  if (event.target.matches('input, textarea')) {
    return;
  }
  const [file] = event.clipboardData.files;
  if (file) {
    open(file);
  } else {
    try {
      edit(parseWorkflow(event.clipboardData.getData('text')));
    } catch (error) {
      $('editor').hidden = false;
      fail(error.message);
    }
  }
});

// --- queue and progress ---

function title(item) {
  const texts = Object.values(item[2]).filter((node) => node.class_type === 'CLIPTextEncode').map((node) => node.inputs.text);
  return texts.find((text) => typeof text === 'string' && text) ?? Object.values(item[2])[0].class_type;
}

async function refreshQueue() {
  const { queue_running: running, queue_pending: pending } = await server.queue();
  $('clear').hidden = pending.length === 0;
  $('queue').replaceChildren(...pending.map((item) => element('li', {},
    element('span', { textContent: title(item), title: item[1] }),
    element('button', { type: 'button', textContent: 'cancel', onclick: () => server.cancel(item[1]) }))));
  if (!running.length) {
    state.run = null;
    $('running').replaceChildren(element('p', { className: 'quiet', textContent: 'Nothing is running.' }));
    return;
  }
  $('running').replaceChildren(...running.map((item) => {
    const known = state.run?.id === item[1] ? state.run.box : null;
    return known ?? runBox(item);
  }));
}

function runBox(item) {
  const image = element('img', { alt: 'preview', hidden: true });
  const step = element('p', { className: 'quiet', textContent: 'starting' });
  const bar = element('progress', { max: 1 });
  const box = element('div', { className: 'run' },
    element('div', { className: 'head' }, element('strong', { textContent: title(item) }),
      element('button', { type: 'button', textContent: 'interrupt', onclick: () => server.interrupt(item[1]) })),
    step, bar, image);
  state.run = { id: item[1], prompt: item[2], box, image, step, bar };
  return box;
}

function atNode(id) {
  for (const box of document.querySelectorAll('.node')) {
    box.classList.toggle('active', box.dataset.node === id);
  }
  const type = state.run?.prompt[id]?.class_type;
  if (type) {
    state.run.step.textContent = state.definitions[type]?.display_name ?? type;
    state.run.bar.removeAttribute('value');
  }
}

// --- pictures ---

async function refreshGallery() {
  const entries = Object.values(await server.history(LATEST)).reverse();
  $('gallery').replaceChildren(...entries.flatMap((entry) => {
    if (entry.status?.status_str === 'error') {
      const [type, data] = entry.status.messages.at(-1);
      const text = type === 'execution_interrupted' ? 'interrupted' : `${data.node_type}: ${data.exception_message}`;
      return [element('p', { className: 'bad', textContent: `${title(entry.prompt)}: ${text}` })];
    }
    return Object.values(entry.outputs).flatMap((output) => output.images ?? []).map((file) => {
      const picture = element('img', { src: pictureUrl(file), loading: 'lazy', alt: title(entry.prompt) });
      return element('button', { type: 'button', title: title(entry.prompt), onclick: () => enlarge(file, entry) }, picture);
    });
  }));
  if (!entries.length) {
    $('gallery').replaceChildren(element('p', { className: 'quiet', textContent: 'Pictures appear here when the first prompt is done.' }));
  }
}

function enlarge(file, entry) {
  const dialog = $('picture');
  dialog.querySelector('img').src = pictureUrl(file);
  dialog.querySelector('a').href = pictureUrl(file);
  dialog.querySelector('a').download = file.filename;
  $('reuse').onclick = () => { edit(structuredClone(entry.prompt[2])); dialog.close(); };
  dialog.showModal();
}

async function refreshWorkers() {
  const workers = await server.workers();
  const busy = workers.filter((worker) => worker.current_prompt).length;
  $('workers').textContent = workers.length ? `${workers.length} worker${workers.length > 1 ? 's' : ''}, ${busy} busy` : 'no worker';
  $('workers').title = workers.map((worker) => `${worker.host}: ${worker.loaded_models.join(', ') || 'no model loaded'}`).join('\n');
}

// --- events ---

$('clear').onclick = () => server.clear();
$('theme').onclick = () => {
  const dark = getComputedStyle(document.documentElement).colorScheme.includes('dark');
  localStorage.theme = document.documentElement.dataset.theme = dark ? 'light' : 'dark';
};
if (localStorage.theme) {
  document.documentElement.dataset.theme = localStorage.theme;
}

listen({
  connection(now) {
    $('connection').dataset.state = now;
    $('connection').textContent = now === 'open' ? 'connected' : 'connection lost, trying again';
  },
  status({ status }) {
    const count = status.exec_info.queue_remaining;
    $('remaining').textContent = count ? `(${count})` : '';
    refreshQueue().then(refreshGallery).catch(() => {});
  },
  executing({ node }) { atNode(node); },
  progress({ value, max }) {
    if (state.run) {
      state.run.bar.max = max;
      state.run.bar.value = value;
    }
  },
  preview({ blob }) {
    if (state.run) {
      URL.revokeObjectURL(state.run.image.src);
      state.run.image.hidden = false;
      state.run.image.src = URL.createObjectURL(blob);
    }
  },
});

state.definitions = await server.nodes();
if (sessionStorage.workflow) {
  edit(JSON.parse(sessionStorage.workflow));
}
refreshGallery();
refreshWorkers();
setInterval(() => refreshWorkers().catch(() => {}), 3000);
