package io.decant.ingest.admin;

import io.decant.config.AdminRight;

/**
 * Who sends a request.
 *
 * @param name as in the settings, or that of {@link #BESIDE}
 */
record AdminUser(String name, AdminRight may) {

    /** Who runs commands beside the server. No user of the settings has a point in its name. */
    static final AdminUser BESIDE = new AdminUser("admin.token", AdminRight.OPERATE);

    boolean mayOperate() {
        return may == AdminRight.OPERATE;
    }
}
