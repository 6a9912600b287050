/** Tells whether a URL (path and query) is one of the routes', whatever the method. Parameters match any one segment. */
export function createUrlMatcher(routeUrls: readonly string[]): (url: string) => boolean {
  const routes = routeUrls.map((url) => url.split('/'));
  return (url) => {
    const [path = ''] = url.split('?', 1);
    const segments = path.split('/');
    return routes.some(
      (route) =>
        route.length === segments.length &&
        route.every((segment, index) => segment.startsWith(':') || segment === segments[index]),
    );
  };
}
