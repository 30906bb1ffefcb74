// What the page asks of the server over HTTP.
import { parseJson, writeJson } from './json.js';

/** A random name of 32 hexadecimal digits. (`crypto.randomUUID` is missing on pages that come over plain HTTP.) */
export function newId() {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** Names this browser tab towards the server; kept over a reload, so that a running prompt goes on reporting here. */
export const clientId = sessionStorage.clientId ??= newId();

/** A refusal: `answer` is what the server said, if it said it in JSON; `status` is 0 if it said nothing. */
export class Refusal extends Error {
  constructor(status, answer, text) {
    super(answer?.error?.message ?? (text && text.length < 300 && !text.startsWith('<') ? text : `The server answered ${status}.`));
    this.status = status;
    this.answer = answer;
  }
}

async function ask(path, body) {
  const options = body === undefined ? {} : { method: 'POST', body: body instanceof FormData ? body : writeJson(body) };
  if (typeof options.body === 'string') {
    options.headers = { 'Content-Type': 'application/json' };
  }
  let response, text;
  try {
    response = await fetch(path, options);
    text = await response.text();
  } catch {
    throw new Refusal(0, null, 'The server cannot be reached.');
  }
  let answer = null;
  try {
    answer = text ? parseJson(text) : null;
  } catch {
    // Told as it stands, below.
  }
  if (!response.ok) {
    throw new Refusal(response.status, answer, text);
  }
  return answer;
}

export const server = {
  definitions: () => ask('object_info'),
  queue: () => ask('queue'),
  history: (count) => ask(`history?max_items=${count}`),
  forget: (id) => ask('history', { delete: [id] }),
  submit: (id, prompt, front) => ask('prompt', { prompt_id: id, prompt, client_id: clientId, ...(front && { front }) }),
  cancel: (id) => ask('queue', { delete: [id] }),
  clear: () => ask('queue', { clear: true }),
  interrupt: (id) => ask('interrupt', { prompt_id: id }),
  workers: () => ask('api/v1/workers'),

  /** Puts a picture among the inputs; answers its name there. */
  async upload(file) {
    const form = new FormData();
    form.append('image', file);
    const { name, subfolder } = await ask('upload/image', form);
    return subfolder ? `${subfolder}/${name}` : name;
  },
};

/** Where a picture lies that a node told of ({filename, subfolder, type}). */
export function pictureUrl(picture, preview) {
  const query = new URLSearchParams({ filename: picture.filename, subfolder: picture.subfolder ?? '', type: picture.type ?? 'output' });
  if (preview) {
    query.set('preview', preview);
  }
  return `view?${query}`;
}
