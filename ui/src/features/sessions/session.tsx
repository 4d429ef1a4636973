// S10: a session read as the user lived it, turn by turn, with replay. The traces open beside it.
import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { MessagesSquare } from "lucide-react";
import { useCallback, useEffect, useMemo, type ReactElement } from "react";
import { useProject } from "@/api";
import { CopyButton, EmptyState, ErrorState, PeekPanel } from "@/design";
import { shortId } from "@/kit/format";
import { useLive } from "@/kit/live";
import { useLocal } from "@/kit/local-store";
import { Page } from "@/kit/page";
import { useCommands } from "@/kit/registry";
import { flag, oneOf, optional, paths, useGo, usePathId, useUrlState } from "@/kit/url";
import { TracePeek } from "@/trace/peek";
import { Column } from "./column";
import { downloadSession, sessionMarkdown } from "./export";
import { Player } from "./player";
import { Rail } from "./rail";
import { SessionActions } from "./session-actions";
import { SessionHeader, SessionHeaderSkeleton } from "./session-header";
import { sessionQuery, turnsQuery } from "./session-queries";
import { headline, saidIn, SHOWS } from "./turn-model";
import { useReplay } from "./use-replay";
import { useOpenSteps } from "./use-open-steps";

const CODEC = { turn: optional(), show: oneOf(SHOWS, "conversation"), system: flag(), peek: optional() };
/** Beyond this many turns the rest is loaded when asked for. */
const AT_ONCE = 500;

export default function SessionPage(): ReactElement {
  const { id: projectId } = useProject();
  const sessionId = usePathId("sessionId");
  const go = useGo();
  const [state, set] = useUrlState(CODEC);
  const [peekWidth, setPeekWidth] = useLocal<number>("session.peek", 50);
  const head = useQuery(sessionQuery(projectId, sessionId));
  const pages = useInfiniteQuery(turnsQuery(projectId, sessionId));
  const turns = useMemo(() => pages.data?.pages.flatMap((page) => page.turns) ?? [], [pages.data]);
  const said = useMemo(() => turns.map(({ input, output }) => saidIn(input.text, output.text)), [turns]);
  const traceIds = useMemo(() => turns.map(({ trace }) => trace.id), [turns]);
  const headlines = useMemo(() => said.map(headline), [said]);
  const replay = useReplay(turns);
  const steps = useOpenSteps();
  const { hasNextPage, isFetching, fetchNextPage } = pages;
  useEffect(() => {
    if (hasNextPage && !isFetching && turns.length < AT_ONCE) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage, turns.length]);
  const { refetch: readHead } = head;
  const { refetch: readTurns } = pages;
  useLive(projectId, [`session:${sessionId}`], () => void Promise.all([readHead(), readTurns()]));

  const chosen = turns.findIndex(({ trace }) => trace.id === state.turn);
  const current = replay.isOn ? replay.latest : Math.max(chosen, 0);
  const select = useCallback(
    (id: string) => set((now) => (now.peek === undefined ? { turn: id } : { turn: id, peek: id }), "replace"),
    [set],
  );
  const open = useCallback((id: string) => set({ turn: id, peek: id }), [set]);
  const jump = useCallback(
    (index: number) => {
      const turn = turns[Math.min(Math.max(index, 0), turns.length - 1)];
      if (turn) select(turn.trace.id);
    },
    [turns, select],
  );
  const id = turns[current]?.trace.id;
  useCommands([
    {
      id: "session.next",
      title: "Next turn",
      shortcut: "j",
      keyOnly: true,
      run: () => jump(current + 1),
    },
    {
      id: "session.previous",
      title: "Previous turn",
      shortcut: "k",
      keyOnly: true,
      run: () => jump(current - 1),
    },
    {
      id: "session.play",
      title: replay.isPlaying ? "Pause the replay" : "Replay the session",
      shortcut: " ",
      run: replay.toggle,
    },
    {
      id: "session.steps",
      title: "Show or hide the steps of the turn",
      shortcut: "i",
      run: () => id !== undefined && steps.toggle(id),
    },
    {
      id: "session.open",
      title: "Open the trace of the turn",
      shortcut: "Enter",
      run: () => id !== undefined && open(id),
    },
    state.peek !== undefined && {
      id: "session.close",
      title: "Close the trace",
      shortcut: "Escape",
      keyOnly: true,
      run: () => set({ peek: undefined }),
    },
    { id: "session.latest", title: "Go to the last turn", shortcut: ".", run: () => jump(turns.length - 1) },
  ]);

  const error = head.error ?? pages.error;
  const peeked = turns.find(({ trace }) => trace.id === state.peek)?.trace;
  return (
    <Page
      title={sessionId}
      documentTitle={shortId(sessionId)}
      crumbs={[{ label: "Sessions", href: paths.sessions(projectId) }]}
      beside={<CopyButton text={sessionId} label="Copy session id" />}
      actions={head.data && <SessionActions projectId={projectId} session={head.data} traceIds={traceIds} />}
    >
      <div className="flex h-full min-h-0">
        <div className="flex min-w-0 flex-1 flex-col">
          {head.data ? (
            <SessionHeader projectId={projectId} session={head.data} />
          ) : (
            !error && <SessionHeaderSkeleton />
          )}
          <Player
            replay={replay}
            show={state.show}
            onShow={(show) => set({ show })}
            withSystem={state.system}
            onSystem={(system) => set({ system })}
            markdown={() => sessionMarkdown(sessionId, turns, said)}
            onDownload={() => downloadSession(sessionId, head.data, turns)}
          />
          {error && turns.length === 0 ? (
            <ErrorState
              error={error}
              title="The session could not be loaded"
              onRetry={() => void Promise.all([readHead(), readTurns()])}
            />
          ) : pages.data && turns.length === 0 ? (
            <EmptyState icon={MessagesSquare} title="No turns yet">
              Traces that name this session appear here.
            </EmptyState>
          ) : (
            <div className="flex min-h-0 flex-1">
              {state.peek === undefined && (
                <Rail turns={turns} headlines={headlines} current={current} onJump={jump} />
              )}
              <Column
                projectId={projectId}
                turns={turns}
                said={said}
                show={state.show}
                withSystem={state.system}
                replay={replay}
                current={state.turn === undefined && !replay.isOn ? -1 : current}
                steps={steps}
                isLoading={!pages.data}
                onSelect={select}
                onOpen={open}
                more={hasNextPage && turns.length >= AT_ONCE ? () => void fetchNextPage() : undefined}
              />
            </div>
          )}
        </div>
        {state.peek !== undefined && (
          <PeekPanel
            label="Trace"
            title={peeked?.name ?? shortId(state.peek)}
            width={peekWidth}
            onWidth={setPeekWidth}
            onClose={() => set({ peek: undefined })}
            onExpand={() => go(paths.trace(projectId, state.peek ?? ""))}
          >
            <TracePeek projectId={projectId} traceId={state.peek} near={peeked?.time} />
          </PeekPanel>
        )}
      </div>
    </Page>
  );
}
