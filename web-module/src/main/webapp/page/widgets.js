// One form field for one plain input, by the type that /object_info gives it.
import { el, say } from './dom.js';
import { pictureUrl, server } from './server.js';
import { isSeed, randomSeed } from './workflow.js';

/**
 * A labelled field.
 * @param name the input's name
 * @param spec [type, options] of the input, or undefined where the server does not know it
 * @param value the value in the workflow
 * @param change called with each new value
 */
export function field(id, name, spec, value, change) {
  const [type, options = {}] = spec ?? [typeof value, {}];
  const choices = Array.isArray(type) ? type : type === 'COMBO' ? options.options ?? [] : null;
  const control = choices ? combo(choices, value, options, change)
    : typeof value === 'boolean' || type === 'BOOLEAN' ? toggle(value, options, change)
    : typeof value === 'number' || typeof value === 'bigint' ? number(name, type, value, options, change)
    : typeof value === 'string' ? text(value, options, change)
    : [el('output', { class: 'raw', textContent: JSON.stringify(value) })];
  const [input, ...extras] = control;
  input.id = `input-${id}-${name}`;
  input.setAttribute('aria-describedby', `error-${id}-${name}`);
  return el('div', { class: input.tagName === 'TEXTAREA' ? 'field tall' : 'field', data: { input: name } },
    el('label', { htmlFor: input.id, textContent: name, title: options.tooltip ?? '' }),
    el('div', { class: 'control' }, input, ...extras),
    el('p', { class: 'problem', id: `error-${id}-${name}` }));
}

function combo(choices, value, options, change) {
  const select = el('select', { onchange: () => change(choices.find((choice) => String(choice) === select.value) ?? select.value) });
  const show = (chosen) => {
    const missing = choices.includes(chosen) ? [] : [new Option(`${chosen} (not on this server)`, chosen)];
    select.replaceChildren(...missing, ...choices.map((choice) => new Option(choice, choice)));
    select.value = chosen;
  };
  show(value);
  return options.image_upload ? [select, ...uploads(select, choices, show, value, change)] : [select];
}

function uploads(select, choices, show, value, change) {
  const image = el('img', { class: 'input-picture', alt: 'the chosen picture', loading: 'lazy' });
  const shown = () => { image.src = pictureUrl({ filename: select.value, type: 'input' }, 'webp;80'); };
  const file = el('input', {
    type: 'file', accept: 'image/*', class: 'hidden', 'aria-label': 'Upload a picture',
    onchange: async () => {
      try {
        const name = await server.upload(file.files[0]);
        choices.push(...(choices.includes(name) ? [] : [name]));
        show(name);
        change(name);
        shown();
      } catch (refusal) {
        say(`The picture was not taken: ${refusal.message}`, true);
      }
      file.value = '';
    },
  });
  select.addEventListener('change', shown);
  shown();
  return [el('label', { class: 'button' }, 'Upload', file), image];
}

function toggle(value, options, change) {
  const label = el('span', { class: 'quiet' });
  const name = (on) => { label.textContent = on ? options.label_on ?? 'on' : options.label_off ?? 'off'; };
  const input = el('input', {
    type: 'checkbox', checked: Boolean(value),
    onchange: () => { name(input.checked); change(input.checked); },
  });
  name(value);
  return [input, label];
}

function number(name, type, value, options, change) {
  // A seed's range goes beyond what a number field holds exactly.
  const long = typeof value === 'bigint' || options.max > Number.MAX_SAFE_INTEGER;
  const input = el('input', { type: long ? 'text' : 'number', inputMode: type === 'FLOAT' ? 'decimal' : 'numeric', autocomplete: 'off', value: String(value) });
  if (!long) {
    input.min = options.min ?? '';
    input.max = options.max ?? '';
    input.step = type === 'INT' ? options.step ?? 1 : options.step ?? 'any';
  }
  input.addEventListener('input', () => change(numberOf(input.value.trim(), type)));
  if (!isSeed(name, options)) {
    return [input];
  }
  const fresh = el('input', { type: 'checkbox', checked: true, class: 'fresh' });
  const dice = el('button', {
    type: 'button', class: 'small', textContent: 'roll', title: 'Take another seed now',
    onclick: () => { input.value = randomSeed(); change(Number(input.value)); },
  });
  return [input, dice, el('label', { class: 'quiet inline', title: 'Take another seed for every run' }, fresh, 'new each run')];
}

function numberOf(typed, type) {
  if (/^[+-]?\d+$/.test(typed) && type !== 'FLOAT') {
    const whole = BigInt(typed);
    return Number.isSafeInteger(Number(whole)) ? Number(whole) : whole;
  }
  const parsed = Number(typed);
  // What is no number goes to the server as typed, which says what it expected.
  return typed === '' || Number.isNaN(parsed) ? typed : parsed;
}

function text(value, options, change) {
  const made = options.multiline
    ? el('textarea', { value, rows: 3, spellcheck: false, placeholder: options.placeholder ?? '' })
    : el('input', { type: 'text', value, autocomplete: 'off', spellcheck: false, placeholder: options.placeholder ?? '' });
  made.addEventListener('input', () => change(made.value));
  return [made];
}
