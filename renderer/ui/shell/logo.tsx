/** The sign of the app. */
export function Logo({ size }: { size: number }) {
  return (
    <i
      aria-hidden="true"
      className="block flex-none bg-linear-135 from-[#6f9bff] to-[#2fc0a8]"
      style={{ width: size, height: size, borderRadius: Math.round(size * 0.3) }}
    />
  )
}
