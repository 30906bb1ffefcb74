// The prompt that is running for this tab: which node, how far, what it looks like so far.
import { byId, duration, el } from './dom.js';
import { showErrors, showProgress, workflow } from './editor.js';
import { nodeTitle, summary } from './workflow.js';

const submitted = new Map();
let run = null;
let definitions = {};
let previewUrl = null;

export function setDefinitions(known) {
  definitions = known;
}

/** Remembers what was sent, to name its nodes while it runs. */
export function expect(id, sent) {
  submitted.set(id, structuredClone(sent));
}

/** Learns from the queue what is running, so that a reloaded page shows it too. */
export function adopt(id, sent) {
  if (!submitted.has(id)) {
    submitted.set(id, sent);
  }
}

function start(id) {
  if (run?.id !== id) {
    run = { id, nodes: {}, texts: [], current: null, began: performance.now(), state: 'running' };
  }
  return run;
}

const prompt = () => submitted.get(run.id) ?? {};

/** Whether the nodes of a running prompt are the nodes in the editor. */
function isInEditor() {
  const shown = workflow();
  return shown && Object.entries(prompt()).every(([id, node]) => shown[id]?.class_type === node.class_type);
}

function render() {
  const panel = byId('live');
  panel.dataset.state = run?.state ?? 'idle';
  if (!run) {
    return;
  }
  const all = Object.keys(prompt()).length;
  const nodes = Object.values(run.nodes);
  const done = nodes.filter(({ state }) => state === 'finished' || state === 'cached').length;
  const part = nodes.filter(({ state }) => state === 'running').reduce((sum, { value, max }) => sum + value / max, 0);
  const node = run.nodes[run.current];
  const title = prompt()[run.current] ? nodeTitle(prompt()[run.current], definitions) : '';
  byId('live-title').textContent = summary(prompt());
  byId('live-node').textContent = run.state === 'running' ? title || 'starting' : run.message;
  byId('live-step').textContent = run.state === 'running' && node?.max > 1 ? `${node.value} / ${node.max}` : '';
  byId('live-text').textContent = run.texts.join('\n');
  byId('live-bar').max = all || 1;
  byId('live-bar').value = run.state === 'done' ? all || 1 : Math.min(done + part, all);
  tick();
  if (isInEditor()) {
    showProgress(run.nodes);
  }
}

function tick() {
  if (run) {
    byId('live-time').textContent = duration((run.ended ?? performance.now()) - run.began);
  }
}
setInterval(tick, 250);

function finish(state, message) {
  if (run) {
    Object.assign(run, { state, message, ended: performance.now() });
    for (const node of Object.values(run.nodes).filter((each) => each.state === 'running')) {
      node.state = state === 'done' ? 'finished' : 'stopped';
    }
    render();
  }
}

function showPicture(url, kind) {
  const image = byId('live-picture');
  image.hidden = false;
  image.dataset.kind = kind;
  image.src = url;
}

/** The websocket messages that tell of a running prompt. */
export const liveHandlers = {
  execution_start({ prompt_id: id }) {
    start(id);
    byId('live-picture').dataset.kind = 'before';
    render();
  },
  execution_cached({ prompt_id: id, nodes }) {
    for (const node of nodes) {
      start(id).nodes[node] = { state: 'cached', value: 1, max: 1 };
    }
    render();
  },
  progress_state({ prompt_id: id, nodes }) {
    const shown = start(id).nodes;
    for (const { display_node_id: node, state, value, max } of Object.values(nodes)) {
      shown[node] = { state, value, max };
    }
    render();
  },
  executing({ node, display_node: display, prompt_id: id }) {
    if (!node) {
      if (run?.id === id && run.state === 'running') {
        finish('done', 'Done');
      }
      return;
    }
    if (id) {
      start(id);
    }
    if (run) {
      run.current = display ?? node;
      render();
    }
  },
  progress({ value, max, node, prompt_id: id }) {
    start(id).nodes[node] = { state: 'running', value, max };
    render();
  },
  executed({ prompt_id: id, output }) {
    start(id).texts.push(...(output?.text ?? []).filter((text) => typeof text === 'string'));
    render();
  },
  preview({ metadata, blob }) {
    if (metadata.prompt_id) {
      start(metadata.prompt_id);
    }
    URL.revokeObjectURL(previewUrl);
    previewUrl = URL.createObjectURL(blob);
    showPicture(previewUrl, 'preview');
  },
  execution_success({ prompt_id: id }) {
    if (run?.id === id) {
      finish('done', 'Done');
    }
  },
  execution_interrupted({ prompt_id: id }) {
    if (run?.id === id) {
      finish('stopped', 'Interrupted');
    }
  },
  execution_error({ prompt_id: id, node_id: node, node_type: type, exception_message: message, exception_type: kind }) {
    start(id).nodes[node] = { state: 'error', value: 1, max: 1 };
    finish('failed', `${type}: ${message.trim()}`);
    if (isInEditor()) {
      showErrors(null, { [node]: { class_type: type, errors: [{ message: message.trim() || kind }] } });
    }
  },
};

/** Ends the prompt shown as the history tells, if nothing was heard of its end: the connection may have been lost meanwhile. */
export function settle(id, state, reason) {
  if (run?.id === id && run.state === 'running') {
    finish(...{ done: ['done', 'Done'], interrupted: ['stopped', 'Interrupted'], failed: ['failed', reason] }[state]);
  }
}

/** Shows a finished picture in place of the last preview, if it is of the prompt shown. */
export function showFinished(id, url) {
  if (run?.id === id) {
    showPicture(url, 'finished');
  }
}
