// Who does the work: the workers, what they have loaded and what they are at.
import { byId, el, settled } from './dom.js';
import { server } from './server.js';

const PAUSE = 4000;
/** How often workers tell what they do, and a bit. */
const BEAT = 1200;
const GIBIBYTE = 2 ** 30;

function memory(worker) {
  return `${((worker.memory_total - worker.memory_free) / GIBIBYTE).toFixed(1)} of ${(worker.memory_total / GIBIBYTE).toFixed(1)} GiB used`;
}

function doing(worker) {
  if (worker.draining) {
    return 'leaving';
  }
  return worker.current_prompt ? 'busy' : worker.paused ? 'paused' : 'waiting';
}

function row(worker) {
  return el('li', { data: { state: worker.current_prompt ? 'running' : 'idle' } },
    el('span', { class: 'dot' }),
    el('div', { class: 'line' },
      el('p', { textContent: worker.host, title: worker.id }),
      el('p', { class: 'quiet', textContent: [worker.devices.join(', '), memory(worker), doing(worker)].join(' · ') }),
      worker.loaded_models.length ? el('p', { class: 'quiet', textContent: worker.loaded_models.join(', ') }) : null));
}

async function load() {
  try {
    const workers = await server.workers();
    byId('workers').replaceChildren(...workers.map(row));
    byId('workers-pane').hidden = workers.length === 0;
  } catch {
    byId('workers-pane').hidden = true;
  }
}

const refresh = settled(load, 300);

/** Shows what the workers are at when that may have changed, also what they tell only a moment later. */
export function refreshWorkers() {
  refresh();
  setTimeout(refresh, BEAT);
}

export function watchWorkers() {
  load();
  setInterval(() => { if (!document.hidden) { load(); } }, PAUSE);
}
