// The few things that the page does to its document. Text goes in as text, never as HTML: errors, names and records come
// from outside.

export const byId = (id) => document.getElementById(id);

/** An element with attributes and children; a class is an attribute like any other. */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/** Only where it is another: what does not change is neither laid out again nor read out again. */
export function setText(node, text) {
  if (node.textContent !== text) {
    node.textContent = text;
  }
}

export function setAttribute(node, name, value) {
  if (node.getAttribute(name) !== value) {
    node.setAttribute(name, value);
  }
}

/** A state: a word with a mark before it, so that it does not depend on a colour. Levels: ok, waiting, warning, failing. */
export function setBadge(node, level, word) {
  setAttribute(node, "class", "badge");
  setAttribute(node, "data-level", level);
  setText(node, word);
}

/**
 * Rows that stay what they are while their values change, so that the focus, a selection or an open part of a row is not
 * lost at each update.
 */
export class Rows {
  /**
   * @param parent a table's body or a list
   * @param make makes the row of a key and returns {node, update(item)}
   */
  constructor(parent, make) {
    this.parent = parent;
    this.make = make;
    this.rows = new Map();
  }

  /** @param items [key, value] each, in their order; no other row is left */
  show(items) {
    const left = new Set(this.rows.keys());
    let before = this.parent.firstElementChild;
    for (const [key, item] of items) {
      let row = this.rows.get(key);
      if (!row) {
        row = this.make(key, item);
        this.rows.set(key, row);
      }
      left.delete(key);
      if (row.node === before) {
        before = before.nextElementSibling;
      } else {
        this.parent.insertBefore(row.node, before);
      }
      row.update(item);
    }
    for (const key of left) {
      const row = this.rows.get(key);
      this.rows.delete(key);
      row.node.remove();
      row.close?.();
    }
  }
}

/** A row of a table: one function for each cell, called with the cell and the item. The first cell names the row. */
export function tableRow(columns) {
  const cells = columns.map((column, index) => {
    const cell = element(index === 0 ? "th" : "td", index === 0 ? { scope: "row" } : {});
    if (column.number) cell.className = "number";
    return cell;
  });
  const node = element("tr", {}, ...cells);
  return {
    node,
    update: (item) => columns.forEach((column, index) => column.show(cells[index], item)),
  };
}

/** A cell that is told what text it has; numbers stand to the right. */
export const text = (of) => ({ show: (cell, item) => setText(cell, of(item)) });
export const number = (of) => ({ number: true, show: (cell, item) => setText(cell, of(item)) });
