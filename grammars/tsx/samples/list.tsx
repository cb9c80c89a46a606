import * as React from "react";

type Props<T> = { items: T[]; title?: string; onPick: (item: T) => void };

export function List<T extends { id: string }>({ items, title = "Items", onPick }: Props<T>): JSX.Element {
  const [open, setOpen] = React.useState<boolean>(false);
  return (
    <section className="list" aria-hidden={!open}>
      <h1 onClick={() => setOpen(!open)}>{title} &amp; more</h1>
      {items.length > 0 ? (
        <ul>
          {items.map((item) => <li key={item.id} {...item} onClick={() => onPick(item)} />)}
        </ul>
      ) : (
        <>nothing here</>
      )}
    </section>
  );
}
