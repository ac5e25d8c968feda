import { type Dashboard, figure, lines } from './model.ts';
import { RATE } from './queries.ts';

/** What carries the business: events, processes and databases. */
export const PLATFORM_DASHBOARDS: readonly Dashboard[] = [
  {
    uid: 'usvideo-events',
    title: 'Events',
    panels: [
      lines(
        'Outbox lag',
        's',
        { '{{topic}}': 'max by (topic) (usvideo_outbox_lag_seconds)' },
        'Age of the oldest event that is recorded and not published.',
      ),
      lines(
        'Consumer lag',
        's',
        { '{{consumer}} {{topic}}': 'max by (consumer, topic) (usvideo_consumer_lag_seconds)' },
        'Age of the oldest event that arrived over Kafka, or in process, and is not handled.',
      ),
      lines(
        'Events consumed',
        'reqps',
        { '{{consumer}} {{outcome}}': `sum by (consumer, outcome) (rate(usvideo_events_handled_total[${RATE}]))` },
        'Duplicates are dropped and harmless.',
      ),
      figure(
        'Events parked',
        'short',
        'sum(max by (consumer) (usvideo_consumer_parked_events))',
        'Waiting for a person.',
      ),
      figure(
        'Events owed',
        'short',
        'sum(max by (consumer, topic) (usvideo_delivery_audit_differences))',
        'Recorded more than ten minutes ago and not handled by who should hear them. Anything but 0 is a page.',
      ),
      figure(
        'Since the last look',
        's',
        'time() - min(max by (consumer, topic) (usvideo_delivery_audit_last_run_timestamp_seconds))',
        'Whether events are owed is looked at every ten minutes.',
      ),
    ],
  },
  {
    uid: 'usvideo-processes',
    title: 'Processes',
    panels: [
      lines(
        'Versions',
        'short',
        {
          '{{service}} {{version}} level {{schema_level}}':
            'count by (service, version, schema_level) (usvideo_build_info)',
        },
        'Two of a service while it is upgraded. The level is raised when the older one is gone.',
      ),
      lines(
        'Memory',
        'bytes',
        { '{{instance}}': 'process_resident_memory_bytes' },
        'Of each process, as the system counts it. What only ever grows is killed some day.',
      ),
      lines(
        'Heap in use',
        'bytes',
        { '{{instance}}': 'nodejs_heap_size_used_bytes' },
        'The part of it that holds JavaScript objects.',
      ),
      lines(
        'Disk left',
        'percentunit',
        { '{{folder}}': 'min by (folder) (usvideo_disk_free_bytes / usvideo_disk_size_bytes)' },
        'Of the disks of the artifact store.',
      ),
      lines(
        'Processor',
        'percentunit',
        { '{{instance}}': `rate(process_cpu_seconds_total[${RATE}])` },
        'Cores in use. A process computes on one, and has little to spare near 100 %.',
      ),
      lines(
        'Event loop lag',
        's',
        { '{{instance}}': 'nodejs_eventloop_lag_p99_seconds' },
        'What 99 % of its turns stay under; all that the process answers is late by this.',
      ),
    ],
  },
  {
    uid: 'usvideo-postgres',
    title: 'PostgreSQL',
    panels: [
      lines(
        'Connections',
        'short',
        { '{{database}} {{state}}': 'max by (database, state) (usvideo_postgres_connections)' },
        "Of each service's database.",
      ),
      lines(
        'Connections taken',
        'percentunit',
        {
          '{{database}}': 'max by (database) (usvideo_postgres_server_connections / usvideo_postgres_connections_max)',
        },
        'Of what the server of each database admits to all of its databases.',
      ),
      lines(
        'Dead rows',
        'short',
        { '{{database}}.{{table}}': 'max by (database, table) (usvideo_postgres_dead_tuples)' },
        'What vacuum has not removed.',
      ),
      lines(
        'Oldest snapshot',
        'short',
        { '{{database}}': 'max by (database) (usvideo_postgres_oldest_xmin_age)' },
        'In transactions; keeps vacuum from its work.',
      ),
      lines(
        'Oldest transaction',
        's',
        { '{{database}}': 'max by (database) (usvideo_postgres_oldest_transaction_seconds)' },
        'Ours last milliseconds.',
      ),
      lines('Size', 'bytes', { '{{database}}': 'max by (database) (usvideo_postgres_size_bytes)' }, 'On disk.'),
      lines(
        'Largest tables',
        'bytes',
        { '{{database}}.{{table}}': 'topk(10, max by (database, table) (usvideo_postgres_table_bytes))' },
        'With their indexes. Each that holds what is kept for a time stops growing after that time.',
      ),
    ],
  },
];
