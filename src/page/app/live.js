import { useEffect, useRef, useState } from 'preact/hooks';

/** The value that `load` gave last, again and again; `error` is why it could not be had lately. `again` asks at once. */
export function usePolled(load, ms, deps) {
  const [state, setState] = useState({ value: undefined, error: undefined });
  const again = useRef(() => undefined);
  useEffect(() => {
    let timer;
    let gone = false;
    let running = false;
    let wanted = false;
    const run = async () => {
      clearTimeout(timer);
      if (running) {
        wanted = true;
        return;
      }
      running = true;
      wanted = false;
      try {
        const value = await load();
        if (!gone) setState({ value, error: undefined });
      } catch (error) {
        if (!gone) setState((before) => ({ ...before, error }));
      }
      running = false;
      if (gone) return;
      if (wanted) run();
      else timer = setTimeout(run, document.hidden ? ms * 5 : ms);
    };
    again.current = run;
    run();
    return () => {
      gone = true;
      clearTimeout(timer);
    };
  }, deps);
  return { ...state, again: () => again.current() };
}

/** The time, told anew every `ms`. */
export function useNow(ms) {
  const [now, setNow] = useState(Date.now);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), ms);
    return () => clearInterval(timer);
  }, [ms]);
  return now;
}

/** The value once it has not changed for `ms`. */
export function useSettled(value, ms) {
  const [settled, setSettled] = useState(value);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(value), ms);
    return () => clearTimeout(timer);
  }, [value, ms]);
  return settled;
}
