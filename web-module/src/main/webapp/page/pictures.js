// What came out: the latest pictures, and the history of prompts.
import { byId, duration, el, say, settled } from './dom.js';
import { edit } from './editor.js';
import { settle, showFinished } from './live.js';
import { pictureUrl, server } from './server.js';
import { summary } from './workflow.js';

const PAGE = 60;
let count = PAGE;
let shown = [];
let known = '';
// What the viewer shows: the list may have moved on beneath it.
let enlarged = null;

const picturesOf = (entry) => Object.values(entry.outputs ?? {}).flatMap((output) => output.images ?? []).filter(({ filename }) => filename);
// What nodes that show texts show, such as PreviewAny.
const textsOf = (entry) => Object.values(entry.outputs ?? {}).flatMap((output) => output.text ?? []).filter((text) => text && typeof text === 'string');

async function load() {
  let entries;
  try {
    entries = Object.entries(await server.history(count));
  } catch {
    return; // The connection's state says so already.
  }
  byId('more').hidden = entries.length < count;
  entries.reverse();
  const ids = entries.map(([id]) => id).join();
  if (ids !== known) {
    known = ids;
    render(entries);
  }
  for (const [id, { status }] of entries) {
    const { state, reason } = outcome(status);
    settle(id, state, reason);
  }
  if (entries.length) {
    const [id, entry] = entries[0];
    const last = picturesOf(entry).at(-1);
    if (last) {
      showFinished(id, pictureUrl(last));
    }
  }
}

function render(entries) {
  shown = entries.flatMap(([, entry]) => picturesOf(entry).map((picture) => ({ picture, entry })));
  byId('gallery').replaceChildren(...shown.map(thumbnail));
  byId('gallery-empty').hidden = shown.length > 0;
  byId('history').replaceChildren(...entries.map(([id, entry]) => row(id, entry)));
  byId('history-empty').hidden = entries.length > 0;
}

export const refreshPictures = settled(load, 200);

function thumbnail(item) {
  const text = summary(item.entry.prompt[2]);
  // Previews are files for a while only.
  const gone = () => {
    if (byId('connection').dataset.state === 'open') {
      shown = shown.filter((each) => each !== item);
      place.remove();
      byId('gallery-empty').hidden = shown.length > 0;
    }
  };
  const place = el('li', {}, el('button', { type: 'button', title: text, onclick: () => enlarge(item) },
    el('img', { onerror: gone, src: pictureUrl(item.picture, 'webp;80'), alt: text, loading: 'lazy', decoding: 'async' })));
  return place;
}

function outcome(status) {
  const messages = (status?.messages ?? []).filter(Array.isArray);
  const time = (type) => messages.find(([name]) => name === type)?.[1];
  const begin = time('execution_start')?.timestamp;
  const [last, data] = messages.at(-1) ?? [];
  const spent = begin && data?.timestamp ? duration(data.timestamp - begin) : '';
  const when = begin ? new Date(begin).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' }) : '';
  const state = last === 'execution_interrupted' ? 'interrupted' : status?.status_str === 'error' ? 'failed' : 'done';
  const reason = last === 'execution_error' ? `${data.node_type}: ${data.exception_message.trim()}` : '';
  return { spent, when, state, reason };
}

function row(id, entry) {
  const { spent, when, state, reason } = outcome(entry.status);
  const prompt = entry.prompt[2];
  const forget = async () => {
    try {
      await server.forget(id);
    } catch (refusal) {
      say(`Not forgotten: ${refusal.message}`, true);
    }
    refreshPictures();
  };
  return el('li', { data: { state } },
    el('span', { class: 'dot' }),
    el('div', { class: 'line' },
      el('p', { textContent: summary(prompt), title: id }),
      el('p', { class: 'quiet', textContent: [when, spent, state === 'done' ? '' : state].filter(Boolean).join(' · ') }),
      ...textsOf(entry).map((text) => el('p', { class: 'text', textContent: text, title: text })),
      reason ? el('p', { class: 'reason', textContent: reason }) : null),
    el('button', { type: 'button', class: 'small', textContent: 'Open', title: 'Open this workflow in the editor', onclick: () => { edit(prompt); location.hash = 'workflow'; } }),
    el('button', { type: 'button', class: 'small', textContent: 'Forget', 'aria-label': `Forget ${summary(prompt)}`, onclick: forget }));
}

function enlarge({ picture, entry }) {
  enlarged = { picture, entry };
  const url = pictureUrl(picture);
  byId('large').src = url;
  byId('large').alt = summary(entry.prompt[2]);
  byId('large-text').textContent = summary(entry.prompt[2]);
  byId('large-name').textContent = [picture.subfolder, picture.filename].filter(Boolean).join('/');
  byId('save').href = url;
  byId('save').download = picture.filename;
  if (!byId('viewer').open) {
    byId('viewer').showModal();
  }
}

/** Goes on to the picture so many places after the enlarged one, round the ends. */
function step(places) {
  if (shown.length) {
    const url = pictureUrl(enlarged.picture);
    const at = shown.findIndex(({ picture }) => pictureUrl(picture) === url);
    enlarge(shown[(Math.max(at, 0) + places + shown.length) % shown.length]);
  }
}

byId('reuse').onclick = () => {
  edit(enlarged.entry.prompt[2]);
  byId('viewer').close();
  location.hash = 'workflow';
};
byId('previous').onclick = () => step(-1);
byId('next').onclick = () => step(1);
byId('viewer').addEventListener('keydown', ({ key }) => {
  if (key === 'ArrowLeft' || key === 'ArrowRight') {
    step(key === 'ArrowLeft' ? -1 : 1);
  }
});
byId('viewer').addEventListener('click', ({ target }) => {
  if (target === byId('viewer')) {
    byId('viewer').close();
  }
});
byId('more').onclick = () => {
  count += PAGE;
  refreshPictures();
};
