import { useEffect, useState } from 'preact/hooks';

/** Every view has a URL: `#/path/of/view?query`. */
export function readRoute() {
  const [path = '', query = ''] = location.hash.slice(1).split(/\?(.*)/s, 2);
  return { path: path.split('/').filter(Boolean).map(decodeURIComponent), query: new URLSearchParams(query) };
}

export function useRoute() {
  const [route, setRoute] = useState(readRoute);
  useEffect(() => {
    const onChange = () => setRoute(readRoute());
    addEventListener('hashchange', onChange);
    return () => removeEventListener('hashchange', onChange);
  }, []);
  return route;
}

/** A link to a view. The tenant stays what it is unless the query names another; empty values are left out. */
export function linkTo(path, query = {}) {
  const all = { tenant: readRoute().query.get('tenant'), ...query };
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(all)) {
    if (value !== undefined && value !== null && value !== '') params.set(key, value);
  }
  const text = params.toString();
  return `#/${path.map((part) => encodeURIComponent(part)).join('/')}${text === '' ? '' : `?${text}`}`;
}

/** Changes the query of the view that is shown, without another entry in the history. */
export function setQuery(changes) {
  const { path, query } = readRoute();
  location.replace(linkTo(path, { ...Object.fromEntries(query), ...changes }));
}
