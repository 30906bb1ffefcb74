// The page: brings the parts together.
import { byId, say } from './dom.js';
import { define, edit, reseed, showErrors, workflow } from './editor.js';
import { parseJson } from './json.js';
import { expect, liveHandlers, setDefinitions } from './live.js';
import { refreshPictures } from './pictures.js';
import { refreshQueue } from './queue.js';
import { newId, server } from './server.js';
import { listen } from './socket.js';
import { parseWorkflow, readWorkflow, starter } from './workflow.js';
import { refreshWorkers, watchWorkers } from './workers.js';

const VIEWS = ['workflow', 'live', 'results'];
let definitions = {};
let areDefinitionsMissing = false;
let isUnreachable = false;

async function loadDefinitions() {
  areDefinitionsMissing = false;
  try {
    definitions = await server.definitions();
  } catch (refusal) {
    areDefinitionsMissing = true;
    say(`The list of nodes did not come: ${refusal.message}`, true);
    return;
  }
  define(definitions);
  setDefinitions(definitions);
  byId('starter').hidden = starter(definitions) === null;
  if (workflow()) {
    edit(workflow());
  }
}

async function open(read) {
  try {
    edit(await read());
    location.hash = 'workflow';
  } catch (error) {
    say(error.message, true);
  }
}

async function run() {
  if (!workflow()) {
    return;
  }
  showErrors(null);
  const times = Math.max(1, Math.min(100, byId('times').valueAsNumber || 1));
  byId('run').disabled = true;
  try {
    for (let i = 0; i < times; i++) {
      reseed();
      const sent = workflow();
      // Named here, because the first messages may come before the answer does.
      const id = newId();
      expect(id, sent);
      const { node_errors: nodeErrors } = await server.submit(id, sent, byId('front').checked);
      if (Object.keys(nodeErrors).length) {
        showErrors({ message: 'Queued without some of its outputs' }, nodeErrors);
      }
    }
  } catch (refusal) {
    isUnreachable = refusal.status === 0;
    showErrors(refusal.answer?.error ?? { message: refusal.message }, refusal.answer?.node_errors);
  }
  byId('run').disabled = false;
  refreshQueue();
}

byId('editor').addEventListener('submit', (event) => {
  event.preventDefault();
  run();
});
addEventListener('keydown', (event) => {
  if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
    event.preventDefault();
    run();
  }
});
byId('starter').onclick = () => edit(starter(definitions));
byId('file').onchange = ({ target }) => {
  const [file] = target.files;
  if (file) {
    open(() => readWorkflow(file));
  }
  target.value = '';
};

byId('pasted').oninput = ({ target }) => {
  try {
    edit(parseWorkflow(target.value));
    target.value = '';
  } catch {
    // Not all of it is there yet, or never will be, which is told below.
  }
};
byId('pasted').onchange = ({ target }) => {
  if (target.value.trim()) {
    open(() => parseWorkflow(target.value));
  }
};

let depth = 0;
addEventListener('dragenter', () => { document.body.classList.toggle('dropping', ++depth > 0); });
addEventListener('dragleave', () => { document.body.classList.toggle('dropping', --depth > 0); });
addEventListener('dragover', (event) => event.preventDefault());
addEventListener('drop', (event) => {
  event.preventDefault();
  depth = 0;
  document.body.classList.remove('dropping');
  const [file] = event.dataTransfer.files;
  const text = event.dataTransfer.getData('text');
  if (file || text) {
    open(file ? () => readWorkflow(file) : () => parseWorkflow(text));
  }
});
addEventListener('paste', (event) => {
  const [file] = event.clipboardData.files;
  const text = event.clipboardData.getData('text');
  const typing = event.target.closest?.('input, textarea');
  if (file && !typing) {
    open(() => readWorkflow(file));
  } else if (!typing && text) {
    open(() => parseWorkflow(text));
  }
});

// On a phone one part shows at a time; the address remembers which.
function showView() {
  const view = VIEWS.find((name) => `#${name}` === location.hash) ?? VIEWS[0];
  document.body.dataset.view = view;
  for (const link of document.querySelectorAll('#views a')) {
    link.toggleAttribute('aria-current', link.hash === `#${view}`);
  }
}
addEventListener('hashchange', showView);
showView();

for (const tab of document.querySelectorAll('[role=tab]')) {
  tab.onclick = () => {
    for (const other of tab.parentElement.children) {
      other.setAttribute('aria-selected', String(other === tab));
      byId(other.getAttribute('aria-controls')).hidden = other !== tab;
    }
  };
}

let remaining = 0;
listen({
  ...liveHandlers,
  connection(isOpen) {
    byId('connection').dataset.state = isOpen ? 'open' : 'lost';
    byId('connection').textContent = isOpen ? 'connected' : 'connection lost, trying again';
    if (isOpen) {
      refreshQueue();
      refreshPictures();
      if (areDefinitionsMissing) {
        loadDefinitions();
      }
      if (isUnreachable) {
        isUnreachable = false;
        showErrors(null);
      }
    }
  },
  status({ status }) {
    const left = status.exec_info.queue_remaining;
    if (left < remaining) {
      refreshPictures();
    }
    remaining = left;
    refreshQueue();
    refreshWorkers();
  },
  executing(data) {
    liveHandlers.executing(data);
    if (!data.node) {
      refreshPictures();
    }
  },
});

if (localStorage.workflow) {
  try {
    edit(parseJson(localStorage.workflow));
  } catch {
    delete localStorage.workflow;
  }
}
loadDefinitions();
watchWorkers();
