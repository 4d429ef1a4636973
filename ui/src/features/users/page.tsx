// S11: who uses the application, and what each costs. By cost, the dearest first.
import { Users } from "lucide-react";
import { useMemo, useState, type ReactElement } from "react";
import { useProject } from "@/api";
import { EmptyState, Link } from "@/design";
import { ListPage, useList } from "@/kit/list";
import { paths } from "@/kit/url";
import { userColumns, type UserRow } from "./columns";

const ALWAYS = ["id"];
const OPEN = ["env", "cost", "traces"];
const idOf = (row: UserRow): string => row.id;

export default function UsersPage(): ReactElement {
  const { id: project } = useProject();
  const [range, setRange] = useState("");
  const columns = useMemo(() => userColumns(project, range), [project, range]);
  const list = useList<UserRow>({
    project,
    entity: "users",
    columns,
    rowId: idOf,
    always: ALWAYS,
    defaultSort: "-cost",
  });
  // Links keep the range of this page.
  if (list.state.range !== range) setRange(list.state.range);
  return (
    <ListPage
      list={list}
      title="Users"
      noun="users"
      rowName={idOf}
      openFacets={OPEN}
      hrefOf={(row) => paths.user(project, row.id, { range: list.state.range })}
      strip={null}
      placeholder="Search or filter: cost:>1 env:production"
      never={
        <EmptyState icon={Users} title="No users yet">
          A user is here when a trace names them.{" "}
          <Link href={paths.setup(project)}>See how to send a user id</Link>.
        </EmptyState>
      }
    />
  );
}
