import type { ComponentChildren } from 'preact'

/** A titled part of the page, announced by its title. */
export function Section(props: {
  readonly id: string
  readonly title: string
  readonly children: ComponentChildren
}) {
  return (
    <section id={props.id} aria-labelledby={`${props.id}-title`}>
      <h2 id={`${props.id}-title`}>{props.title}</h2>
      {props.children}
    </section>
  )
}
