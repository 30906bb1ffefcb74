// Talks to the server: HTTP for questions and orders, one websocket for what happens meanwhile.

const clientId = sessionStorage.clientId ??= crypto.randomUUID?.() ?? String(Math.random()).slice(2);

async function ask(path, body) {
  const response = await fetch(path, body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) });
  const text = await response.text();
  let value = null;
  try {
    value = text ? JSON.parse(text) : null;
  } catch {
    // An answer that is no JSON is told as it stands.
  }
  if (!response.ok) {
    throw Object.assign(new Error(value?.error?.message ?? `${response.status} ${text.slice(0, 200)}`), { answer: value });
  }
  return value;
}

export const server = {
  nodes: () => ask('object_info'),
  queue: () => ask('queue'),
  history: (count) => ask(`history?max_items=${count}`),
  workers: () => ask('api/v1/workers'),
  submit: (prompt) => ask('prompt', { prompt, client_id: clientId }),
  cancel: (id) => ask('queue', { delete: [id] }),
  clear: () => ask('queue', { clear: true }),
  interrupt: (id) => ask('interrupt', { prompt_id: id }),
};

export function pictureUrl(file) {
  return `view?${new URLSearchParams({ filename: file.filename, subfolder: file.subfolder ?? '', type: file.type ?? 'output' })}`;
}

/** Connects and stays connected; handlers are called by message type, 'preview' with {metadata, blob}, 'connection' with a state. */
export function listen(handlers) {
  let pause = 500;
  const tell = (name, value) => handlers[name]?.(value);
  const connect = () => {
    const url = new URL('ws', location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    url.searchParams.set('clientId', clientId);
    const socket = new WebSocket(url);
    socket.binaryType = 'arraybuffer';
    socket.onopen = () => {
      pause = 500;
      socket.send(JSON.stringify({ type: 'feature_flags', data: { supports_preview_metadata: true } }));
      tell('connection', 'open');
    };
    socket.onclose = () => {
      tell('connection', 'lost');
      setTimeout(connect, pause);
      pause = Math.min(pause * 2, 8000);
    };
    socket.onmessage = ({ data }) => {
      if (typeof data === 'string') {
        const message = JSON.parse(data);
        tell(message.type, message.data);
      } else {
        tell('preview', preview(data));
      }
    };
  };
  connect();
}

function preview(buffer) {
  const view = new DataView(buffer);
  if (view.getUint32(0) === 4) {
    const length = view.getUint32(4);
    const metadata = JSON.parse(new TextDecoder().decode(new Uint8Array(buffer, 8, length)));
    return { metadata, blob: new Blob([buffer.slice(8 + length)], { type: metadata.image_type }) };
  }
  return { metadata: {}, blob: new Blob([buffer.slice(8)], { type: view.getUint32(4) === 2 ? 'image/png' : 'image/jpeg' }) };
}
