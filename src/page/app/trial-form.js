import { useEffect, useId, useState } from 'preact/hooks';
import { getJson } from './api.js';
import { html } from './dom.js';
import { useSettled } from './live.js';
import { BASE_FIELDS, BUFF_TYPES, buffText } from './trial.js';
import { slotWord } from './words.js';

const KINDS = {
  on: 'Put an item on',
  off: 'Take an item off',
  buff: 'Add a buff',
  drop: 'Drop a buff',
  base: 'Change base or level',
};

/** Chooses one change and hands it over. */
export function AddChange({ letter, attributes, tenant, onAdd }) {
  const [kind, setKind] = useState('on');
  const worn = sources(attributes, 'equipment');
  const buffs = sources(attributes, 'buff');
  return html`<div class="add-change">
    <label>Change
      <select value=${kind} onChange=${(event) => setKind(event.target.value)} aria-label=${`Kind of change to variant ${letter}`}>
        ${Object.entries(KINDS).map(([key, text]) => html`<option value=${key}>${text}</option>`)}
      </select>
    </label>
    ${kind === 'on' && html`<${FindItem} tenant=${tenant} letter=${letter} onAdd=${onAdd} />`}
    ${
      kind === 'off' &&
      html`<${Choose} label="Item" options=${worn.map((item) => [item.source, `${nameOf(item)} (${slotWord(item.slot)})`, nameOf(item)])}
      onChoose=${(source, name) => onAdd({ kind: 'off', source, name })} />`
    }
    ${
      kind === 'drop' &&
      html`<${Choose} label="Buff" options=${buffs.map((buff) => [buff.source, nameOf(buff), nameOf(buff)])}
      onChoose=${(source, name) => onAdd({ kind: 'drop', source, name })} />`
    }
    ${
      kind === 'buff' &&
      html`<${Amount} label="Buff" options=${Object.keys(BUFF_TYPES).map((type) => [type, buffText(type, 10).replace('+10', '+…')])}
      onAdd=${(type, amount) => onAdd({ kind: 'buff', type, amount })} initial=${10} />`
    }
    ${
      kind === 'base' &&
      html`<${Amount} label="Value" options=${Object.entries(BASE_FIELDS)}
      onAdd=${(field, value) => onAdd({ kind: 'base', field, value })} initial=${100} />`
    }
  </div>`;
}

function nameOf({ name, templateId, source }) {
  return name ?? String(templateId ?? source);
}

/** Every source of a kind once. */
function sources({ stats, idle }, kind) {
  const lines = [...stats.flatMap(({ phases }) => phases.flatMap((phase) => phase.lines)), ...idle];
  const known = new Map(lines.filter(({ source }) => source.startsWith(`${kind}:`)).map((line) => [line.source, line]));
  return [...known.values()];
}

function Choose({ label, options, onChoose }) {
  if (options.length === 0) return html`<p class="empty small">There is none.</p>`;
  return html`<div class="choices" role="group" aria-label=${label}>${options.map(([key, text, name]) => html`<button type="button" key=${key} onClick=${() => onChoose(key, name)}>${text}</button>`)}</div>`;
}

function Amount({ label, options, onAdd, initial }) {
  const [choice, setChoice] = useState(options[0]?.[0]);
  const [amount, setAmount] = useState(initial);
  const submit = (event) => {
    event.preventDefault();
    if (Number.isInteger(amount)) onAdd(choice, amount);
  };
  return html`<form class="inline" onSubmit=${submit}>
    <label>${label}<select value=${choice} onChange=${(event) => setChoice(event.target.value)}>${options.map(([key, text]) => html`<option value=${key}>${text}</option>`)}</select></label>
    <label>Amount<input type="number" step="1" class="short" value=${amount} onInput=${(event) => setAmount(event.target.valueAsNumber)} /></label>
    <button type="submit">Try it</button>
  </form>`;
}

const TYPING_MS = 200;

/** Finds items by a part of their name; the data service knows them. */
function FindItem({ tenant, letter, onAdd }) {
  const [text, setText] = useState('');
  const [found, setFound] = useState({ items: [], error: undefined });
  const wanted = useSettled(text.trim(), TYPING_MS);
  const list = useId();
  useEffect(() => {
    let gone = false;
    if (wanted === '') {
      setFound({ items: [], error: undefined });
      return undefined;
    }
    getJson(`/api/effective-stats/items?search=${encodeURIComponent(wanted)}`, tenant).then(
      ({ data }) => gone || setFound({ items: data.filter(({ id }) => /^1\d{6}$/.test(id)), error: undefined }),
      (error) => gone || setFound({ items: [], error }),
    );
    return () => {
      gone = true;
    };
  }, [wanted, tenant.key]);
  return html`<div class="find">
    <label>Item<input type="search" value=${text} placeholder="a part of its name, or an id" aria-controls=${list} aria-label=${`Item to put on in variant ${letter}`}
      onInput=${(event) => setText(event.target.value)} /></label>
    <ul id=${list} class="choices" aria-label="Items that fit">${found.items.slice(0, 12).map(
      ({ id, attributes }) => html`<li key=${id}>
      <button type="button" onClick=${() => onAdd({ kind: 'on', templateId: Number(id), name: attributes.name })}>${attributes.name} <span class="id">${id}</span></button></li>`,
    )}</ul>
    <p class="unseen" role="status">${wanted !== '' && `${found.items.length} items fit`}</p>
    ${found.error && html`<p class="problem" role="alert">${found.error.message}</p>`}
  </div>`;
}
