package io.decant.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A source of {@code type: mysql}: tables of MySQL or MariaDB.
 *
 * @param address of the database server
 * @param password empty: none
 * @param tls empty: the connection is not encrypted
 * @param tables by name, at least one
 * @param ranges that a table is cut into, at the most
 * @param connections that are read on at a time
 * @param fetch rows that one query asks for, at the most
 * @param maxRecord the longest record: key and JSON together
 */
public record MysqlSourceSettings(
        HostPort address,
        String database,
        String user,
        Secret password,
        Optional<Path> passwordFile,
        Optional<TlsSettings> tls,
        Map<String, MysqlTableSettings> tables,
        int ranges,
        int connections,
        int fetch,
        DataSize maxRecord)
        implements SourceSettings {

    /** What stands under {@code type}. */
    public static final String TYPE = "mysql";

    /** Characters of a table's name, as the database has it. */
    private static final int TABLE_CHARS_MAX = 64;

    private static final SectionKeys<MysqlSourceSettings> KEYS = SectionKeys.of(MysqlSourceSettings.class);

    static final Setting<MysqlSourceSettings, HostPort> ADDRESS =
            KEYS.required(Types.ADDRESS, "The database server, MySQL or MariaDB; its port is usually 3306.");

    static final Setting<MysqlSourceSettings, String> DATABASE = KEYS.required(
            Types.text("the name of a database", SqlNames::checkName), "The database that the tables are in.");

    static final Setting<MysqlSourceSettings, String> USER = KEYS.required(
            Types.text("the name of a user", text -> {
                if (text.isEmpty()) {
                    throw new InvalidValue("is no name", "write the name of a user of the database");
                }
            }),
            "Who reads. SELECT on the tables is enough.");

    static final Setting<MysqlSourceSettings, Secret> PASSWORD =
            KEYS.optional(Types.secret("", text -> {}), Secret.NONE, "Nothing shows it.");

    static final Setting<MysqlSourceSettings, Optional<Path>> PASSWORD_FILE =
            KEYS.optional(Types.OPTIONAL_PATH, Optional.empty(), PasswordFile.DOC);

    static final Setting<MysqlSourceSettings, Optional<TlsSettings>> TLS = KEYS.optional(
            new OptionalSectionType<>("off", TlsSettings.SECTION),
            Optional.empty(),
            "`off`: the connection is not encrypted. `{}`: it is, and the server's certificate is checked, by `ca-file`"
                    + " or the platform's certificates. The files are read again at each connection.");

    static final Setting<MysqlSourceSettings, Map<String, MysqlTableSettings>> TABLES = KEYS.required(
            new SectionsType<>("a table", MysqlSourceSettings::checkTable, MysqlTableSettings.SECTION),
            "The tables, by name: `{orders: {}}`.");

    static final Setting<MysqlSourceSettings, Integer> RANGES = KEYS.optional(
            Types.wholeNumber(1, 256),
            16,
            "Parts that a table is cut into, at the most, each with a position of its own.");

    static final Setting<MysqlSourceSettings, Integer> CONNECTIONS =
            KEYS.optional(Types.wholeNumber(1, 64), 4, "Ranges that are read at a time, each on a connection.");

    static final Setting<MysqlSourceSettings, Integer> FETCH =
            KEYS.optional(Types.wholeNumber(1, 1_000_000), 10_000, "Rows that one query asks for.");

    /** An eighth of the largest segment: see {@link Consistency}. */
    static final Setting<MysqlSourceSettings, DataSize> MAX_RECORD = KEYS.optional(
            Types.size("1KiB", "128MiB"),
            DataSize.ofMebibytes(16),
            "The longest record: key and JSON together. At a longer one its range is read no further, and `/status`"
                    + " names it.");

    static final Section<MysqlSourceSettings> SECTION = KEYS.section();

    static final ComponentType<MysqlSourceSettings> COMPONENT_TYPE = new ComponentType<>(TYPE, "mysql.md", SECTION);

    /** @throws IllegalArgumentException if a value is out of its range */
    public MysqlSourceSettings {
        tables = Collections.unmodifiableMap(new LinkedHashMap<>(tables));
        ADDRESS.check(address);
        DATABASE.check(database);
        USER.check(user);
        PASSWORD.check(password);
        PASSWORD_FILE.check(passwordFile);
        TLS.check(tls);
        TABLES.check(tables);
        RANGES.check(ranges);
        CONNECTIONS.check(connections);
        FETCH.check(fetch);
        MAX_RECORD.check(maxRecord);
    }

    private static void checkTable(String name) {
        SqlNames.checkName(name);
        if (name.length() > TABLE_CHARS_MAX) {
            throw new InvalidValue("is longer than " + TABLE_CHARS_MAX + " characters", "no table has such a name");
        }
        if (name.indexOf('/') >= 0) {
            throw new InvalidValue("has a slash", "rename the table: a slash separates table and range");
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public List<Conflict> conflicts(String path, JournalSettings journal) {
        List<Conflict> conflicts = new ArrayList<>();
        if (address.port() == 0) {
            conflicts.add(new Conflict(
                    Map.of(path + ".address", address.toString()),
                    "has port 0, where no server listens",
                    "write the port of the database server, e.g. 3306"));
        }
        conflicts.addAll(PasswordFile.conflicts(path, password, passwordFile));
        tls.flatMap(section -> section.pairProblem(path + ".tls")).ifPresent(conflicts::add);
        tables.forEach((name, table) -> addTable(path + ".tables." + name, table, conflicts));
        return conflicts;
    }

    @Override
    public List<Conflict> fileConflicts(String path) {
        List<Conflict> conflicts = new ArrayList<>(PasswordFile.fileConflicts(path, passwordFile));
        tls.ifPresent(section -> conflicts.addAll(TlsFiles.problems(path + ".tls", section)));
        return conflicts;
    }

    private static void addTable(String path, MysqlTableSettings table, List<Conflict> conflicts) {
        boolean isIncremental = table.incremental() != Incremental.OFF;
        if (isIncremental && table.checkColumn().isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + ".incremental", word(table.incremental())),
                    "needs the column that says what is new",
                    "set check-column, or incremental: off"));
        }
        if (!isIncremental && !table.checkColumn().isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + ".check-column", table.checkColumn()),
                    "is for increments alone",
                    "remove it, or set incremental: append or last-modified"));
        }
        if (!table.query().isEmpty()) {
            addQuery(path, table, conflicts);
        } else if (!table.key().isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + ".key", String.join(", ", table.key())),
                    "is for a query alone: a table has a unique index",
                    "remove it, or set query"));
        }
    }

    private static void addQuery(String path, MysqlTableSettings table, List<Conflict> conflicts) {
        Map<String, String> query = Map.of(path + ".query", table.query());
        if (table.splitBy().isEmpty()) {
            conflicts.add(new Conflict(
                    query,
                    "needs the column by which it is cut into ranges",
                    "set split-by to a column of its result"));
        }
        if (table.key().isEmpty()) {
            conflicts.add(new Conflict(
                    query, "needs the columns that tell its rows apart", "set key to columns of its result"));
        }
        if (!table.columns().isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + ".columns", String.join(", ", table.columns())),
                    "is for a table alone",
                    "remove it, and name the columns in the query"));
        }
        if (!table.where().isEmpty()) {
            conflicts.add(new Conflict(
                    Map.of(path + ".where", table.where()),
                    "is for a table alone",
                    "remove it, and write the condition in the query"));
        }
        if (table.incremental() != Incremental.OFF) {
            conflicts.add(new Conflict(
                    Map.of(path + ".incremental", word(table.incremental())),
                    "is for a table alone: of a query nobody can say which rows are new",
                    "set incremental: off, or import the tables of the query"));
        }
    }

    private static String word(Incremental incremental) {
        return switch (incremental) {
            case OFF -> "off";
            case APPEND -> "append";
            case LAST_MODIFIED -> "last-modified";
        };
    }

    /**
     * The password of a new connection; empty: none. Blocks for as long as the file system does.
     *
     * @throws IOException if the file with it cannot be read; its message names the file
     */
    public Secret currentPassword() throws IOException {
        return PasswordFile.current(password, passwordFile);
    }

    /** A text without the password, which a driver may quote. */
    public String redact(String text) {
        return PasswordFile.redact(text, password, passwordFile);
    }

    @Override
    public MysqlSourceSettings relativeTo(Path folder) {
        MysqlSourceSettings located = SECTION.with(this, PASSWORD_FILE, passwordFile.map(folder::resolve));
        return SECTION.with(located, TLS, tls.map(section -> section.relativeTo(folder)));
    }
}
