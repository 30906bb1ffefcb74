// What runs and what waits, with the means to stop it.
import { byId, el, say, settled } from './dom.js';
import { adopt } from './live.js';
import { clientId, server } from './server.js';
import { summary } from './workflow.js';

async function act(work, failure) {
  try {
    await work();
  } catch (refusal) {
    say(`${failure}: ${refusal.message}`, true);
  }
  refreshQueue();
}

function row([, id, prompt, extra], running) {
  const mine = extra?.client_id === clientId;
  const stop = running
    ? el('button', { type: 'button', class: 'small', textContent: 'Interrupt', onclick: () => act(() => server.interrupt(id), 'Not interrupted') })
    : el('button', { type: 'button', class: 'small', textContent: 'Cancel', onclick: () => act(() => server.cancel(id), 'Not cancelled') });
  stop.setAttribute('aria-label', `${stop.textContent} ${summary(prompt)}`);
  return el('li', { class: running ? 'running' : '' },
    el('span', { class: 'dot', 'aria-label': running ? 'running' : 'waiting' }),
    el('span', { class: 'line', textContent: summary(prompt), title: id }),
    mine ? null : el('span', { class: 'quiet', textContent: 'by another client' }),
    stop);
}

async function load() {
  let state;
  try {
    state = await server.queue();
  } catch {
    return; // The connection's state says so already.
  }
  const { queue_running: running, queue_pending: pending } = state;
  running.filter((item) => item[3]?.client_id === clientId).forEach((item) => adopt(item[1], item[2]));
  byId('queue').replaceChildren(...running.map((item) => row(item, true)), ...pending.map((item) => row(item, false)));
  byId('queue-empty').hidden = running.length + pending.length > 0;
  document.querySelector('#live .idle').textContent = running.length ? 'A prompt of another client is running.' : 'Nothing is running.';
  byId('clear').hidden = pending.length === 0;
  for (const place of document.querySelectorAll('.remaining')) {
    place.textContent = running.length + pending.length || '';
  }
}

export const refreshQueue = settled(load, 120);

byId('clear').onclick = () => act(server.clear, 'Not cleared');
