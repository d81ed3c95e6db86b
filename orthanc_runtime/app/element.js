// SPDX-FileCopyrightText: 2026 Orthanc Runtime contributors
// SPDX-License-Identifier: GPL-3.0-or-later
// Makes and updates nodes. Text is set as text, never as markup.

const SVG = "http://www.w3.org/2000/svg";

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) {
      node.addEventListener(name.slice(2), value);
    } else if (value !== null && value !== undefined) {
      node.setAttribute(name, value);
    }
  }
  node.append(...children);
  return node;
}

export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function shape(tag, attributes = {}, ...children) {
  return fill(document.createElementNS(SVG, tag), attributes, children);
}

/** Touches the document only where something changes: selections and screen readers stay put. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== String(value)) {
    node.setAttribute(name, value);
  }
}

/**
 * Has the children of `parent` follow `items`: a node is kept as long as its key is there, and the
 * focus with it. `make(item)` returns {node, update(item)}.
 */
export function follow(parent, items, key, make) {
  const kept = (parent.followed ??= new Map());
  const keys = new Set(items.map(key));
  for (const [old, view] of kept) {
    if (!keys.has(old)) {
      view.node.remove();
      kept.delete(old);
    }
  }
  items.forEach((item, place) => {
    let view = kept.get(key(item));
    if (!view) {
      view = make(item);
      kept.set(key(item), view);
    }
    if (parent.children[place] !== view.node) {
      parent.insertBefore(view.node, parent.children[place] ?? null);
    }
    view.update(item);
  });
}
