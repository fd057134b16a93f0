/* The part of the binding to MuJoCo that is written in C, because the layouts of mjModel and mjData differ between versions of the
   engine: the fields are read here, by the compiler that has the headers of the installed version, and handed out by name.
   Built on first use by MuJoCoShimBuilder with MuJoCo 2.2.2 and later. No function here exits the process: an error of the engine
   ends the call that caused it. */

#include <setjmp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <mujoco/mujoco.h>

#define EXPORT __attribute__((visibility("default")))
#define SHIM_VERSION 1
#define ERROR_SIZE 1000

static __thread jmp_buf escape;
static __thread int guarded;
static __thread char message[ERROR_SIZE];

static void on_error(const char* text) {
  if (!guarded) {
    fprintf(stderr, "MuJoCo: %s\n", text);
    abort();
  }
  snprintf(message, sizeof message, "%s", text);
  guarded = 0;
  longjmp(escape, 1);
}

/* The engine counts its warnings in mjData, where agents_instabilities reads them; it shall not write files about them. */
static void on_warning(const char* text) { (void)text; }

/* Runs statements; an error of the engine ends them and makes the function return 'failed'. */
#define GUARD(failed, statements) \
  do {                            \
    if (_setjmp(escape)) {        \
      return failed;              \
    }                             \
    guarded = 1;                  \
    statements;                   \
    guarded = 0;                  \
  } while (0)

/* .NET computes with wide vectors and may leave their upper halves in use, which slows an engine built for SSE to two thirds of its
   speed ('agents bench mujoco' shows it). Clearing them costs nothing. */
static inline void clear_upper_halves(void) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx")) {
    __asm__ volatile("vzeroupper" ::: "memory");
  }
#endif
}

EXPORT int agents_shim_version(void) { return SHIM_VERSION; }

EXPORT int agents_header_version(void) { return mjVERSION_HEADER; }

/* Version of the loaded library. Takes over errors and warnings unless somebody else in the process has. */
EXPORT int agents_start(void) {
  if (!mju_user_error) {
    mju_user_error = on_error;
  }
  if (!mju_user_warning) {
    mju_user_warning = on_warning;
  }
  return mj_version();
}

/* Text of the latest error on this thread. */
EXPORT const char* agents_error(void) { return message; }

/* A compiled model, or null. */
EXPORT mjModel* agents_load(const char* path) {
  char error[ERROR_SIZE] = "";
  mjModel* model = NULL;
  GUARD(NULL, model = mj_loadXML(path, NULL, error, sizeof error));
  if (!model) {
    snprintf(message, sizeof message, "%s", error);
  }
  return model;
}

EXPORT void agents_delete_model(mjModel* model) { mj_deleteModel(model); }

EXPORT mjData* agents_make_data(const mjModel* model) {
  mjData* data = NULL;
  GUARD(NULL, data = mj_makeData(model));
  if (!data) {
    snprintf(message, sizeof message, "not enough memory");
  }
  return data;
}

EXPORT void agents_delete_data(mjData* data) { mj_deleteData(data); }

/* The functions below return 0, or 1 after an error. */

EXPORT int agents_reset(const mjModel* model, mjData* data) {
  GUARD(1, mj_resetData(model, data));
  return 0;
}

EXPORT int agents_forward(const mjModel* model, mjData* data) {
  clear_upper_halves();
  GUARD(1, mj_forward(model, data));
  return 0;
}

/* Sets the controls, steps and computes contact forces, which a step alone leaves out. */
EXPORT int agents_step(const mjModel* model, mjData* data, const float* controls, int steps) {
  for (int i = 0; i < model->nu; i++) {
    data->ctrl[i] = controls[i];
  }
  clear_upper_halves();
  GUARD(1, {
    for (int k = 0; k < steps; k++) {
      mj_step(model, data);
    }
    mj_rnePostConstraint(model, data);
  });
  return 0;
}

/* Times the engine met a state that is no number or too large, and began again from the default pose. */
EXPORT long long agents_instabilities(const mjData* data) {
  return (long long)data->warning[mjWARN_BADQPOS].number + data->warning[mjWARN_BADQVEL].number + data->warning[mjWARN_BADQACC].number;
}

/* What a program in C would do without us, as the measure of speed: rows of controls, each held for some steps; every
   'episode' rows it begins again. 'rows' rows are given and used round and round. */
EXPORT int agents_loop(const mjModel* model, mjData* data, const float* controls, int rows, int steps, int episode, int count) {
  clear_upper_halves();
  GUARD(1, {
    for (int i = 0; i < count; i++) {
      if (i % episode == 0) {
        mj_resetData(model, data);
        mj_forward(model, data);
      }
      const float* row = controls + (size_t)(i % rows) * model->nu;
      for (int j = 0; j < model->nu; j++) {
        data->ctrl[j] = row[j];
      }
      for (int k = 0; k < steps; k++) {
        mj_step(model, data);
      }
    }
  });
  return 0;
}

#define SIZE(field, value) \
  if (!strcmp(name, field)) return (int)(value)

/* A size of the model; -1 for an unknown name. */
EXPORT int agents_size(const mjModel* model, const char* name) {
  SIZE("nq", model->nq);
  SIZE("nv", model->nv);
  SIZE("nu", model->nu);
  SIZE("na", model->na);
  SIZE("nbody", model->nbody);
  SIZE("ngeom", model->ngeom);
  SIZE("nsite", model->nsite);
  SIZE("ntendon", model->ntendon);
  return -1;
}

#define ARRAY(field, pointer, count)   \
  if (!strcmp(name, field)) {          \
    *length = (int)(count);            \
    return (void*)(pointer);           \
  }

/* Array of doubles by the engine's name of it, and its length; null for an unknown name. Valid as long as model and data. */
EXPORT mjtNum* agents_doubles(const mjModel* model, mjData* data, const char* name, int* length) {
  ARRAY("timestep", &model->opt.timestep, 1);
  ARRAY("time", &data->time, 1);
  ARRAY("qpos", data->qpos, model->nq);
  ARRAY("qvel", data->qvel, model->nv);
  ARRAY("act", data->act, model->na);
  ARRAY("ctrl", data->ctrl, model->nu);
  ARRAY("qacc_warmstart", data->qacc_warmstart, model->nv);
  ARRAY("qfrc_actuator", data->qfrc_actuator, model->nv);
  ARRAY("qfrc_constraint", data->qfrc_constraint, model->nv);
  ARRAY("xpos", data->xpos, 3 * model->nbody);
  ARRAY("xipos", data->xipos, 3 * model->nbody);
  ARRAY("cinert", data->cinert, 10 * model->nbody);
  ARRAY("cvel", data->cvel, 6 * model->nbody);
  ARRAY("cfrc_ext", data->cfrc_ext, 6 * model->nbody);
  ARRAY("site_xpos", data->site_xpos, 3 * model->nsite);
  ARRAY("ten_length", data->ten_length, model->ntendon);
  ARRAY("ten_velocity", data->ten_velocity, model->ntendon);
  ARRAY("geom_xpos", data->geom_xpos, 3 * model->ngeom);
  ARRAY("geom_xmat", data->geom_xmat, 9 * model->ngeom);
  ARRAY("geom_size", model->geom_size, 3 * model->ngeom);
  ARRAY("qpos0", model->qpos0, model->nq);
  ARRAY("body_mass", model->body_mass, model->nbody);
  ARRAY("body_inertia", model->body_inertia, 3 * model->nbody);
  ARRAY("actuator_ctrlrange", model->actuator_ctrlrange, 2 * model->nu);
  return NULL;
}

/* As agents_doubles, for arrays of floats. */
EXPORT float* agents_floats(const mjModel* model, mjData* data, const char* name, int* length) {
  (void)data;
  ARRAY("geom_rgba", model->geom_rgba, 4 * model->ngeom);
  return NULL;
}

/* As agents_doubles, for arrays of integers. */
EXPORT int* agents_integers(const mjModel* model, mjData* data, const char* name, int* length) {
  (void)data;
  ARRAY("geom_type", model->geom_type, model->ngeom);
  return NULL;
}

/* Index of a body or site, -1 where there is none. */
EXPORT int agents_body(const mjModel* model, const char* name) { return mj_name2id(model, mjOBJ_BODY, name); }

EXPORT int agents_site(const mjModel* model, const char* name) { return mj_name2id(model, mjOBJ_SITE, name); }

_Static_assert(sizeof(mjtNum) == sizeof(double), "MuJoCo must be built with double precision");
_Static_assert(sizeof(int) == 4 && sizeof(float) == 4, "unusual sizes of int or float");
_Static_assert(mjGEOM_PLANE == 0 && mjGEOM_SPHERE == 2 && mjGEOM_CAPSULE == 3 && mjGEOM_ELLIPSOID == 4 && mjGEOM_CYLINDER == 5 &&
                   mjGEOM_BOX == 6,
               "the numbers of shapes changed");
