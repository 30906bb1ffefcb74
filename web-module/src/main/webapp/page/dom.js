// Makes elements without markup in strings, so that nothing a server or a file says is ever read as HTML.

export const byId = (id) => document.getElementById(id);

/** An element with properties (class names under `class`, data under `data`) and children. */
export function el(name, properties = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key === 'class') {
      made.className = value;
    } else if (key === 'data') {
      Object.assign(made.dataset, value);
    } else if (key.startsWith('aria-') || key === 'role') {
      made.setAttribute(key, value);
    } else if (value !== undefined) {
      made[key] = value;
    }
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}

/** A function that runs at most once in so many milliseconds, and always after the last call. */
export function settled(work, pause) {
  let timer = null;
  return () => {
    timer ??= setTimeout(() => {
      timer = null;
      work();
    }, pause);
  };
}

/** A span of time as a person reads it: 4.2 s, 3 min 05 s, 2 h 10 min. */
export function duration(milliseconds) {
  const seconds = milliseconds / 1000;
  if (seconds < 60) {
    return `${seconds.toFixed(seconds < 10 ? 1 : 0)} s`;
  }
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes} min ${String(Math.floor(seconds % 60)).padStart(2, '0')} s`
    : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** Tells something once, where a screen reader hears it too; it goes when it is touched, or after a while. */
export function say(text, bad = false) {
  const line = el('p', { class: bad ? 'toast bad' : 'toast', textContent: text, onclick: () => line.remove() });
  byId('toasts').append(line);
  setTimeout(() => line.remove(), bad ? 9000 : 4000);
}
