// A list that is put in order: by dragging a handle with mouse or finger, or with the arrow keys on it.
import { html } from "htm/preact";
import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { Icon, announce } from "./_island_notes.js";
import { t } from "./_text.js";

const EDGE = 70; // px from the window's edge where dragging scrolls

/** `list` with the element at `from` moved to `to`; a new array. */
export function moved(list, from, to) {
  const next = [...list];
  next.splice(to, 0, ...next.splice(from, 1));
  return next;
}

/**
 * `items` with `keyOf(item)` and `nameOf(item)`; `onMove(from, to)`.
 * `children(item, index, handle)` draws one; `handle` is the button to drag by, put where it belongs.
 */
export function Sortable({ items, keyOf, nameOf, onMove, children, className = "" }) {
  const list = useRef(null);
  const [drag, setDrag] = useState(null); // {from, to, offset, heights, key}
  const refocus = useRef(null);
  const latest = useRef(null);
  latest.current = drag;

  useLayoutEffect(() => {
    if (refocus.current === null) return;
    list.current.querySelector(`[data-handle="${CSS.escape(refocus.current)}"]`)?.focus();
    refocus.current = null;
  });

  const tell = (item, place) => announce(t("{name}: {count}개 중 {place}번째", { name: nameOf(item), count: items.length, place: place + 1 }));

  function step(event, index) {
    const to = { ArrowUp: index - 1, ArrowDown: index + 1, Home: 0, End: items.length - 1 }[event.key];
    if (event.key === "Escape" && drag) return setDrag(null);
    if (to === undefined) return undefined;
    event.preventDefault();
    if (to < 0 || to >= items.length || to === index) return tell(items[index], index);
    refocus.current = String(keyOf(items[index]));
    onMove(index, to);
    return tell(items[index], to);
  }

  function begin(event, index) {
    if (event.button !== 0) return;
    event.preventDefault();
    const handle = event.currentTarget;
    handle.focus();
    handle.setPointerCapture(event.pointerId);
    const boxes = [...list.current.children].map((row) => row.getBoundingClientRect());
    const gap = boxes.length > 1 ? boxes[1].top - boxes[0].bottom : 0;
    const startY = event.pageY;
    const centres = boxes.map((box) => box.top + window.scrollY + box.height / 2);
    setDrag({ from: index, to: index, offset: 0, height: boxes[index].height + gap });

    const follow = (move) => {
      if (!latest.current) return;
      const offset = move.pageY - startY;
      // a neighbour gives way when the leading edge has passed its middle
      const [top, bottom] = [centres[index] + offset - boxes[index].height / 2, centres[index] + offset + boxes[index].height / 2];
      let to = index;
      centres.forEach((each, place) => {
        if (place > index && bottom > each) to = Math.max(to, place);
        if (place < index && top < each) to = Math.min(to, place);
      });
      if (move.clientY < EDGE) window.scrollBy(0, -12);
      else if (move.clientY > window.innerHeight - EDGE) window.scrollBy(0, 12);
      setDrag((now) => now && { ...now, to, offset });
    };
    const end = (up) => {
      handle.removeEventListener("pointermove", follow);
      const now = latest.current;
      setDrag(null);
      if (up.type === "pointerup" && now && now.to !== index) {
        refocus.current = String(keyOf(items[index]));
        onMove(index, now.to);
        tell(items[index], now.to);
      }
    };
    handle.addEventListener("pointermove", follow);
    handle.addEventListener("pointerup", end, { once: true });
    handle.addEventListener("pointercancel", end, { once: true });
  }

  const shift = (index) => {
    if (!drag || drag.from === drag.to) return index === drag?.from ? drag.offset : 0;
    if (index === drag.from) return drag.offset;
    if (index > drag.from && index <= drag.to) return -drag.height;
    if (index < drag.from && index >= drag.to) return drag.height;
    return 0;
  };

  return html`<ol ref=${list} class=${`sortable ${className}${drag ? " sorting" : ""}`}>
    ${items.map((item, index) => {
      const key = keyOf(item);
      const handle = html`<button type="button" class="sort-handle" data-handle=${key} title=${t("끌거나 화살표 키로 순서 바꾸기")}
        aria-label=${t("{name} 순서 바꾸기: 위아래 화살표 키를 누르세요", { name: nameOf(item) })}
        onKeyDown=${(event) => step(event, index)} onPointerDown=${(event) => begin(event, index)}><${Icon} name="ti-grip-vertical" /></button>`;
      return html`<li key=${key} class=${drag?.from === index ? "dragged" : ""}
        style=${{ transform: drag && shift(index) ? `translateY(${shift(index)}px)` : "" }}>${children(item, index, handle)}</li>`;
    })}
  </ol>`;
}
