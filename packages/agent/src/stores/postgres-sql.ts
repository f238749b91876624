/** The SQL of the PostgreSQL store. Names compare by their bytes; entries are text, so JSON stays as it was. */

/** @param prefix letters, digits and "_" only: it becomes part of the statements */
export function postgresSql(prefix: string) {
  const logs = `${prefix}_logs`;
  const entries = `${prefix}_entries`;
  /** Adds the entries to the log that the part before it, `log`, has just changed. */
  const add = `, added as (
    insert into ${entries} (log, n, entry, words)
    select log.id, $2::int + line.place - 1, line.entry, array_to_tsvector(string_to_array(line.words, ' '))
    from log, unnest($4::text[], $5::text[]) with ordinality as line (entry, words, place)
  ) select id from log`;
  return {
    exists: `select to_regclass('${entries}') is not null as exists`,
    /** Sent without values, so that all of it is one transaction; the lock makes a second process wait. */
    create: `
      select pg_advisory_xact_lock(hashtext('${entries}'));
      create table if not exists ${logs} (
        id bigint generated always as identity primary key,
        name text collate "C" not null unique,
        version integer not null,
        updated_at timestamptz not null
      );
      create table if not exists ${entries} (
        log bigint not null references ${logs} on delete cascade,
        n integer not null,
        entry text not null,
        words tsvector,
        primary key (log, n)
      );
      create index if not exists ${entries}_words on ${entries} using gin (words);`,
    begin: `with log as (
      insert into ${logs} (name, version, updated_at) values ($1, $2::int + $3::int, clock_timestamp())
      on conflict do nothing returning id
    )${add}`,
    append: `with log as (
      update ${logs} set version = version + $3::int, updated_at = clock_timestamp()
      where name = $1 and version = $2::int returning id
    )${add}`,
    version: `select version from ${logs} where name = $1`,
    read: `select n, entry from ${entries}
      where log = (select id from ${logs} where name = $1) and n >= $2::bigint and n < $3::bigint
      order by n`,
    list: `select name as log, version, floor(extract(epoch from updated_at) * 1000)::float8 as "updatedAt"
      from ${logs} where name ^@ $1 order by updated_at desc limit $2::bigint`,
    /** A word weighs the more the fewer of the entries found hold it, as in `rank`. */
    search: `with hit as (
        select e.log, e.n, l.name, l.updated_at,
          array(select w from unnest($2::text[]) w where e.words @@ quote_literal(w)::tsquery) as held
        from ${entries} e join ${logs} l on l.id = e.log
        where e.words @@ $1::tsquery and l.name ^@ $3
      ), weight as (
        select w, ln(1 + (select count(*) from hit)::float8 / count(*)) as weight
        from hit, unnest(held) w group by w
      ), best as (
        select log, n, name, row_number() over (
          order by (select sum(weight) from weight where w = any(held)) desc, updated_at desc, n desc
        ) as place from hit order by place limit $4::bigint
      )
      select name, n, entry from best join ${entries} using (log, n) order by place`,
    delete: `delete from ${logs} where name = $1`,
  };
}
