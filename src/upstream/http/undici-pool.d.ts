/** A pool and what it is made of, without the rest of the library: a fifth of its files, half its time to load, 8 MB less. */
declare module 'undici/lib/dispatcher/pool.js' {
  export { Pool as default } from 'undici';
}
