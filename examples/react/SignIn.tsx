import { useState, type FormEvent } from "react";
import { signIn } from "../auth.ts";

export function SignIn() {
  const [email, setEmail] = useState("eli@solo.example");
  const enter = async (event: FormEvent) => {
    event.preventDefault();
    await signIn(email);
    location.reload();
  };
  return (
    <form onSubmit={(event) => void enter(event)}>
      <h1>Rate sheets</h1>
      <label>E-mail <input type="email" required autoComplete="username" value={email} onChange={({ target }) => setEmail(target.value)} /></label>
      <button className="tg-button tg-primary">Sign in</button>
    </form>
  );
}
