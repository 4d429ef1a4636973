// One failing region must not take the page with it.
import { Component, type ReactNode } from "react";
import { ErrorState } from "@/design";

export interface ErrorBoundaryProps {
  /** What failed, such as "Latency chart". */
  label?: string;
  /** A change of it tries again, for example the address. */
  resetKey?: unknown;
  fallback?: (error: unknown, reset: () => void) => ReactNode;
  children: ReactNode;
}

interface State {
  error: unknown;
  failed: boolean;
  resetKey: unknown;
}

export class ErrorBoundary extends Component<ErrorBoundaryProps, State> {
  override state: State = { error: null, failed: false, resetKey: this.props.resetKey };

  static getDerivedStateFromError(error: unknown): Partial<State> {
    return { error, failed: true };
  }

  static getDerivedStateFromProps(props: ErrorBoundaryProps, state: State): Partial<State> | null {
    if (props.resetKey === state.resetKey) return null;
    return { error: null, failed: false, resetKey: props.resetKey };
  }

  reset = (): void => this.setState({ error: null, failed: false });

  override render(): ReactNode {
    if (!this.state.failed) return this.props.children;
    const { error } = this.state;
    if (this.props.fallback) return this.props.fallback(error, this.reset);
    return (
      <ErrorState
        error={error}
        title={this.props.label && `${this.props.label} could not be shown`}
        onRetry={this.reset}
      />
    );
  }
}
