import { useEffect, useState } from 'preact/hooks';
import { characterPath, followChanges, getJson, postJson } from './api.js';
import { html } from './dom.js';
import { usePolled } from './live.js';
import { Named, Problem } from './parts.js';
import { setQuery } from './router.js';
import { Head, usePerson } from './sheet.js';
import { bodyOf, changeText } from './trial.js';
import { AddChange } from './trial-form.js';
import { ATTRIBUTES, grouped, STAT_GROUPS, STAT_NAMES, signed, slotWord } from './words.js';

const SHEET_MS = 10_000;
const SOON_MS = 150;
const LETTERS = ['A', 'B', 'C', 'D'];

/** What the stats would be: several variants side by side, each a list of changes that is tried as a whole. */
export function WhatIf({ tenant, who, query }) {
  const path = characterPath(who);
  const variants = readVariants(query.get('v'));
  const explained = usePolled(() => getJson(`${path}/stats/explain`, tenant), SHEET_MS, [path, tenant.key]);
  const row = usePerson(tenant, who);
  const [turn, setTurn] = useState(0);
  useEffect(() => {
    let timer;
    const end = followChanges(tenant, { character: who.characterId }, () => {
      clearTimeout(timer);
      timer = setTimeout(() => {
        explained.again();
        setTurn((before) => before + 1);
      }, SOON_MS);
    });
    return () => {
      clearTimeout(timer);
      end();
    };
  }, [path, tenant.key]);
  // Hooks need the same number of calls each time: as many as there may be variants.
  const all = LETTERS.map((_, index) => usePreviewOf(path, tenant, variants[index], turn));
  const previews = all.slice(0, variants.length);
  const document = explained.value;
  if (document === undefined)
    return html`<p class="empty">…</p><${Problem} error=${explained.error} what="The character" />`;
  const attributes = document.data.attributes;
  const write = (next) =>
    setQuery({ v: next.every((changes) => changes.length === 0) && next.length === 1 ? '' : JSON.stringify(next) });
  const change = (index, changes) => write(variants.map((old, at) => (at === index ? changes : old)));
  const now = Object.fromEntries(attributes.stats.map(({ statType, value }) => [statType, value]));
  return html`
    <${Head} who=${who} attributes=${attributes} row=${row} degraded=${document.meta?.degraded} view="what-if" />
    <p class="lead">Try something: nothing is stored, and nobody else sees it. The address keeps what you try.</p>
    <div class="variants">
      ${variants.map(
        (changes, index) => html`<section class="card variant" key=${index} aria-labelledby=${`variant-${index}`}>
        <div class="heading"><h2 id=${`variant-${index}`}>Variant ${LETTERS[index]}</h2>
          ${variants.length > 1 && html`<button type="button" class="quiet" onClick=${() => write(variants.filter((_, at) => at !== index))}>Drop variant ${LETTERS[index]}</button>`}</div>
        ${changes.length === 0 && html`<p class="empty small">Nothing changed yet.</p>`}
        <ul class="changes">${changes.map(
          (one, at) => html`<li key=${JSON.stringify(one)}>${changeText(one)}
          <button type="button" class="quiet" aria-label=${`Take back: ${changeText(one)}`} onClick=${() =>
            change(
              index,
              changes.filter((_, other) => other !== at),
            )}>×</button></li>`,
        )}</ul>
        <${AddChange} letter=${LETTERS[index]} attributes=${attributes} tenant=${tenant} onAdd=${(one) => change(index, [...changes, one])} />
        <${Consequences} preview=${previews[index].value} error=${previews[index].error} />
      </section>`,
      )}
      ${variants.length < LETTERS.length && html`<button type="button" class="add" onClick=${() => write([...variants, variants.at(-1) ?? []])}>+ Another variant</button>`}
    </div>
    <section class="card" aria-labelledby="compared"><h2 id="compared">Compared</h2>
      <div class="scroll" tabindex="0" role="region" aria-label="Stats of all variants"><table class="compared">
        <thead><tr><th scope="col">Stat</th><th scope="col" class="number">Now</th>${variants.map((_, index) => html`<th scope="col" class="number">Variant ${LETTERS[index]}</th>`)}</tr></thead>
        ${STAT_GROUPS.map(
          ([title, names]) =>
            html`<tbody key=${title}>${names.map(
              (stat) => html`<tr key=${stat}>
          <th scope="row">${STAT_NAMES[stat]}</th><td class="number">${grouped(now[stat])}</td>
          ${previews.map(({ value }) => html`<${Outcome} preview=${value} stat=${stat} />`)}
        </tr>`,
            )}</tbody>`,
        )}
      </table></div>
    </section>
  `;
}

/** What a variant comes to; nothing is asked for one that is undefined. */
function usePreviewOf(path, tenant, changes, turn) {
  const [state, setState] = useState({ value: undefined, error: undefined });
  const body = changes && JSON.stringify(bodyOf(changes));
  useEffect(() => {
    if (body === undefined) return undefined;
    let gone = false;
    postJson(`${path}/stats/preview`, tenant, JSON.parse(body)).then(
      (document) => gone || setState({ value: document.data.attributes, error: undefined }),
      (error) => gone || setState({ value: undefined, error }),
    );
    return () => {
      gone = true;
    };
  }, [path, tenant.key, body, turn]);
  return state;
}

function Outcome({ preview, stat }) {
  if (preview === undefined) return html`<td class="number">…</td>`;
  const attribute = ATTRIBUTES[stat];
  const difference = preview.difference[attribute];
  const kind = difference > 0 ? 'up' : difference < 0 ? 'down' : '';
  return html`<td class=${`number ${kind}`}>${grouped(preview.after[attribute])}${difference !== 0 && html` <span class=${`move ${kind}`}>${signed(difference)}</span>`}</td>`;
}

/** What a variant does to items, besides what was asked for. */
function Consequences({ preview, error }) {
  if (error !== undefined)
    return html`<p class="problem" role="alert">${error.errors?.map(({ detail }) => detail).join('; ') || error.message}</p>`;
  if (preview === undefined) return null;
  const told = [
    ...preview.takenOff.filter(({ displacedBy }) => displacedBy !== undefined).map((item) => ['makes room', item, '']),
    ...preview.putOn.filter(({ qualifies }) => !qualifies).map((item) => ['does not count', item, item.reason.text]),
    ...preview.stopQualifying.map((item) => ['counts no longer', item, item.reason.text]),
    ...preview.startQualifying.map((item) => ['counts from then on', item, '']),
  ];
  return html`<div role="status"><ul class="consequences">${told.map(
    ([what, item, why]) => html`<li>
    <${Named} name=${item.name} id=${item.templateId ?? 'item'} /> (${slotWord(item.slot)}) ${what}${why && html` <span class="why">${why}</span>`}</li>`,
  )}</ul></div>`;
}

/** Lists of changes from the address; one empty variant when there is none, or none that can be read. */
function readVariants(text) {
  try {
    const variants = JSON.parse(text ?? '');
    const fine = Array.isArray(variants) && variants.length > 0 && variants.every(Array.isArray);
    return fine ? variants.slice(0, LETTERS.length) : [[]];
  } catch {
    return [[]];
  }
}
