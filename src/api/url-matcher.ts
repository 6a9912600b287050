/** Finds the route that a URL (path and query) belongs to, whatever the method. Parameters match any one segment. */
export function createUrlMatcher<R extends { readonly url: string }>(
  routes: readonly R[],
): (url: string) => R | undefined {
  const known = routes.map((route) => ({ route, pattern: route.url.split('/') }));
  return (url) => {
    const [path = ''] = url.split('?', 1);
    const segments = path.split('/');
    const found = known.find(
      ({ pattern }) =>
        pattern.length === segments.length &&
        pattern.every((expected, index) => expected.startsWith(':') || expected === segments[index]),
    );
    return found?.route;
  };
}
