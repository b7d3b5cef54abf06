"""Who may do what, written from the requirements and from nothing in the product.

Requirements: R01-R85's actors and their day (requirements.md), issue text (checks, signals, reports, the CDC's page).
For every address and method: for each sort of thing, the posts that may, each at its own unit and below. A sort that is
not named does not exist at that address, for anybody. Whoever is not named meets what a missing id gives.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.access.changes import CODE, NAME, class_of, move_of, offer_of, pupil_of
from tests.access.illnesses import batch_of, contact_of, one_to_say, somebody_well
from tests.access.rosters import class_beside, digest_of, pupil_in

ANYBODY = "anybody"
ACCOUNT = "account"
BROWSER = "browser"  # signed in by a person, not known by a device's key

# The desk of a school cares for its pupils and judges its signals; a deputy holds the post too.
DESK = "doctor reporter deputy"
CLASS = f"teacher {DESK}"
CHECKED = {"class": CLASS, "dorm": f"warden {DESK}", "staff": f"staff_reporter {DESK}"}
SCHOOL = f"{DESK} principal"
OVERSIGHT = f"{SCHOOL} county"


@dataclass(frozen=True)
class Row:
    """One method of one address. `told`: those who may know of the thing and are refused in words, with that status.

    `idle`: an allowed call may leave every row as it was. `journalled`: it leaves a line of the journal.
    `hidden`: what a signed-in stranger meets. A value of `data` may be a function of the thing.
    """

    method: str
    who: Mapping[str, str]
    data: Mapping[str, Any] = field(default_factory=dict)
    told: Mapping[str, str] = field(default_factory=dict)
    told_status: int = 0
    hidden: int = 404
    idle: bool = False
    journalled: bool = True


def _get(who: Mapping[str, str] | str, **more: Any) -> Row:
    return Row("GET", {"": who} if isinstance(who, str) else who, **more)


def _post(who: Mapping[str, str] | str, **more: Any) -> Row:
    return Row("POST", {"": who} if isinstance(who, str) else who, **more)


def _near_or_far(near: str, far: str) -> Callable[[Any], str]:
    """An account of the thing's own county: people are found in their county alone."""
    return lambda thing: far if thing.place.startswith("far") else near


KEEPERS = "principal county operator"  # who gives duties, each at the own unit and below
_UNITS = dict.fromkeys(("county", "school", "grade", "class"), KEEPERS)
ROLLERS = "principal county clerk"
_CHANGED = dict.fromkeys(("school", "grade", "class"), "county operator")
_TOMORROW = {"on_day": "2026-11-24"}
_NEW_PASSWORD = {"new": "一句自己记得住的长话", "again": "一句自己记得住的长话"}
_NOTICE = {
    "kind": "isolation", "place": "home", "ordered_by": "cdc", "orderer": "县疾控中心", "document": "9号",
    "from_day": "2026-11-23", "to_day": "2026-11-30",
}  # fmt: skip
_REASON = {"reason": "三人均为晕车呕吐"}
_SUSPENSION = {"scope": "school", "from_on": "2026-11-24", "to_on": "2026-11-27"}
_DECISION = {
    **_SUSPENSION,
    "authority": "县人民政府",
    "document_no": "县政函〔2026〕1号",
    "decided_on": "2026-11-23",
    "area": "全校",
    "content": "停止到校上课",
}
_TASKS = {"at_owner": "reporter", "at_deputy": "reporter deputy", "at_county": "reporter deputy county"}

TABLE: dict[str, list[Row]] = {
    # ---- the house ----
    "front": [_get(ANYBODY)],
    "home": [_get(ACCOUNT)],
    "set_language": [_post(ANYBODY, data={"language": "en"}, idle=True)],
    "large_type": [_post(ACCOUNT, data={"large": "1"})],
    "demo_sign_in": [_get({})],  # outside the demo there is no such address
    "healthz": [_get(ANYBODY)],
    "account_login": [_get(ANYBODY), _post(ANYBODY, idle=True)],
    "account_logout": [_get(ACCOUNT), _post(ACCOUNT, journalled=False)],
    "account_signup": [_get(ANYBODY)],
    "account_inactive": [_get(ANYBODY)],
    # ---- one's own account; what is asked for afresh leads to the page that asks ----
    "account": [_get(ACCOUNT)],
    "mfa_authenticate": [_get(ANYBODY), _post(ANYBODY, idle=True)],
    "account_reauthenticate": [_get(ACCOUNT), _post(ACCOUNT, idle=True)],
    "mfa_reauthenticate": [_get(ACCOUNT), _post(ACCOUNT, idle=True)],
    "password": [_get(ACCOUNT), _post({}, told={"": ACCOUNT}, told_status=400)],
    "set_password": [_get({"link": ANYBODY}), _post({"link": ANYBODY}, data=_NEW_PASSWORD)],
    "second_factor": [_get(ACCOUNT)],
    "second_factor_on": [_get(ACCOUNT), _post(ACCOUNT, idle=True)],
    "second_factor_off": [_post(ACCOUNT, idle=True)],
    "recovery_codes": [_post(ACCOUNT, idle=True)],
    "bind_identity": [_post(ACCOUNT, idle=True)],
    "unbind_identity": [_post(ACCOUNT, idle=True)],
    "openid_connect_login": [_get({})],  # no provider is named, so there is no such address
    "openid_connect_callback": [_get({})],
    # ---- the class ----
    "classroom:worker": [_get(ANYBODY)],
    "classroom:script": [_get(ANYBODY)],
    "classroom:check": [_get(CHECKED)],
    # ---- the school ----
    "school:day": [_get({"school": OVERSIGHT})],
    "school:listed": [_get({"school": OVERSIGHT})],
    "school:signals": [_get({"school": OVERSIGHT})],
    "school:corrections": [_get({"school": DESK})],
    "school:answer_correction": [
        _post({"health_correction": DESK}, data={"corrected": "1", "answer": "已改好"})
    ],
    "office:corrections": [_get({"school": "clerk"})],
    "office:answer_correction": [
        _post({"roster_correction": "clerk"}, data={"corrected": "1", "answer": "已改好"})
    ],
    # A family's link is a secret, not a post: dead ones are tried here, live ones in tests/web/family.
    **{f"family:{page}": [_get({})] for page in ("absence", "record", "copy", "consent")},
    **{f"family:{verb}": [_post({})] for verb in ("send", "withdraw", "choose", "correct")},
    "school:tasks": [_get({"school": OVERSIGHT})],
    "school:follow_ups": [_get({"school": DESK})],
    "school:acknowledge_task": [_post(_TASKS)],
    "school:answer_task": [_post(_TASKS, data={"answer": "已核对"})],
    "school:follow_up": [_get({"illness": DESK})],
    "school:diagnose": [_post({"illness": DESK}, data={"diagnosis": "", "severe": "1"})],
    "school:rule_out": [_post({"illness": DESK})],
    "school:say": [_post({"school": DESK}, data={"say": one_to_say})],
    "school:say_rest": [_post({"school": DESK})],
    "school:take_back": [
        _post({"school": DESK}, data={"batch": batch_of}, idle=True)
    ],  # said by somebody else
    "school:cause": [_post({"illness": DESK}, data={"cause": "leave"})],
    "school:exposure": [_post({"illness": DESK}, data={"exposure": "11月20日午餐"})],
    "school:isolation": [_post({"illness": DESK}, data=_NOTICE)],
    "school:lift_isolation": [_post({"isolation": DESK}, data={"document": "解〔2026〕1号"})],
    "school:holding": [_get({"school": DESK})],
    "school:holding_find": [_post({"school": DESK}, data={"q": "宁"}, idle=True)],
    "school:holding_enter": [_post({"school": DESK}, data={"person": somebody_well, "symptom": "fever"})],
    "school:holding_beds": [_post({"school": DESK}, data={"beds": "3"})],
    "school:holding_told": [_post({"stay": DESK})],
    "school:holding_out": [_post({"stay": DESK}, data={"whereto": "class"})],
    "school:contact_notice": [_post({"school": DESK}, data={**_NOTICE, "contact": contact_of})],
    "school:contacts": [_get({"school": DESK})],
    "school:case_contacts": [_get({"illness": DESK})],
    "school:trace": [_post({"illness": DESK}, idle=True)],  # nobody has named the illness yet
    "school:accept_contacts": [_post({"illness": DESK}, data={"until": "2026-12-07"})],
    "school:judge_contact": [_post({"contact": DESK}, data={"do": "strike", "reason": "当天请假"})],
    "school:clearance": [_get({"illness": DESK})],
    "school:facts": [_post({"illness": DESK}, data={"symptom_free_on": "2026-11-23"})],
    "school:give_clearance": [_post({"illness": DESK}, data={"shown": "paper"}, idle=True)],  # one stands
    "school:keep_photo": [_post({"illness": DESK}, idle=True)],
    "school:show_photo": [_post({"photo": DESK}, idle=True)],  # no consent
    "school:slip": [_get({"clearance": DESK})],
    "school:withdraw_slip": [_post({"clearance": DESK}, data={"reason": "写错班"})],
    "school:verify_slip": [_get({"slip": ANYBODY})],
    "school:line_list": [_get({"school": DESK})],
    "school:take_line_list": [_post({"school": DESK}, data={"reason": "疾控流调", "form": "csv"})],
    "school:signal": [_get({"signal": f"{OVERSIGHT} cdc"})],
    "school:rows": [_get({"signal": f"{OVERSIGHT} cdc"})],
    "school:report": [_post({"signal": SCHOOL})],
    "school:verify": [_post({"signal": DESK})],
    "school:dismiss": [_post({"signal": DESK}, data=_REASON)],
    "school:note": [_post({"signal": "principal"}, data={"words": "请校医跟进"})],
    "school:rule": [_get({"rule": ANYBODY})],
    # ---- outbreaks: figures for all who read signals, verbs for the desk, the chain of a suspension ----
    "school:outbreaks": [_get({"school": OVERSIGHT})],
    "school:outbreak": [_get({"outbreak": f"{OVERSIGHT} cdc"})],
    "school:outbreak_cases": [_get({"outbreak": f"{OVERSIGHT} cdc"})],
    "school:outbreak_summary": [_get({"outbreak": f"{OVERSIGHT} cdc"})],
    "school:outbreak_mark": [_post({"outbreak": DESK}, idle=True)],
    "school:outbreak_define": [
        _post({"outbreak": DESK}, data={"cases_from": "2026-11-23", "symptoms": "vomiting"})
    ],
    "school:outbreak_lead": [_post({"outbreak": DESK}, idle=True)],
    "school:outbreak_watch": [_post({"outbreak": DESK})],
    "school:outbreak_join": [_post({"outbreak": DESK}, idle=True)],
    "school:outbreak_measure": [_post({"outbreak": DESK}, data={"kind": "masks", "role": "principal"})],
    "school:outbreak_partner": [
        _post({"outbreak": DESK}, data={"partner": "community", "post": "社区值班", "words": "已告知情况"})
    ],
    "school:outbreak_close": [
        _get({"outbreak": DESK}),
        _post({}, told={"outbreak": DESK}, told_status=400),  # a suspension still runs
    ],
    "school:measure": [_get({"measure": f"{OVERSIGHT} cdc"})],
    "school:measure_done": [_post({"measure": SCHOOL})],
    "school:decision": [_get({"decision": f"{OVERSIGHT} cdc"})],
    "school:recommend": [
        _get({"outbreak": SCHOOL}),
        _post({"outbreak": SCHOOL}, data={**_SUSPENSION, "reckon": "1"}, idle=True),
    ],
    "school:recommendation": [_get({"recommendation": f"{OVERSIGHT} cdc"})],
    "school:withdraw": [_post({"recommendation": SCHOOL}, data={"reason": "已无新发病例"})],
    "bureau:outbreaks": [_get({"county": "county"})],
    "bureau:decision": [_get({"outbreak": "county"}), _post({"outbreak": "county"}, data=_DECISION)],
    "bureau:lift": [
        _get({"decision": "county"}),
        _post({"decision": "county"}, data={"document_no": "县政函〔2026〕2号", "lifted_on": "2026-11-25"}),
    ],
    "partner:outbreaks": [_get({"county": "cdc"})],
    "partner:assessment": [
        _get({"recommendation": "cdc"}),
        _post({"recommendation": "cdc"}, data={"verdict": "supports", "words": "同意停课三天"}),
    ],
    # ---- the county ----
    **{
        f"bureau:{name}": [_get({"county": "county"})]
        for name in ("today", "absence", "first_things", "signals", "schools", "tasks")
    },
    "bureau:acknowledge_task": [_post({"at_county": "county"})],
    "bureau:answer_task": [_post({"at_county": "county"}, data={"answer": "已电话核对"})],
    "bureau:report": [_get({"bureau": "county"})],
    "bureau:acknowledge": [_post({"bureau": "county"})],
    "bureau:answer": [_post({"bureau": "county"}, data={"words": "下午到校"})],
    # ---- the office ----
    "office:duties": [_get(_UNITS)],
    "office:post": [_get({"school": KEEPERS}, data={"role": "principal"})],
    "office:appoint": [
        _post(
            {"school": KEEPERS},
            data={"role": "school_doctor", "account": _near_or_far("teacher", "far_teacher")},
        )
    ],
    "office:end_duty": [_post({"duty": KEEPERS})],
    "office:hand_over": [_post({"duty": KEEPERS}, data={"account": _near_or_far("deputy", "far_reporter")})],
    "office:open_account": [_get(_UNITS), _post(_UNITS, data={"username": "newcomer", "name": "新人"})],
    "office:account": [_get({"person": KEEPERS})],
    "office:give_link": [_post({"person": KEEPERS}, idle=True)],
    "office:close_account": [_post({"person": KEEPERS}, idle=True)],
    "office:reopen_account": [_post({"person": KEEPERS}, idle=True)],
    "office:bind_identity": [_post({"person": "operator"}, idle=True)],
    "office:unbind_identity": [_post({"person": "operator"}, idle=True)],
    "office:revoke_devices": [_post({"person": KEEPERS}, idle=True)],
    "office:my_devices": [_get(ACCOUNT)],
    "office:revoke_my_devices": [_post(ACCOUNT, idle=True)],
    "office:revoke_my_device": [_post({"key": "self"})],
    "office:explain": [_get(dict.fromkeys(_UNITS, "operator"))],
    "office:my_access": [_get(ACCOUNT)],
    "office:units": [_get({"county": "county operator"})],
    "office:unit": [_get({"school": "county operator"})],
    "office:change_unit": [
        _get(_CHANGED, data={"kind": "close"}),
        _post(_CHANGED, data={"kind": "rename", "name": "新名称", "on_day": "2026-11-24"}, idle=True),
    ],
    "office:undo_change": [_post({"change": "county operator", "roll_over": ROLLERS})],
    "office:school_year": [
        _get({"school": ROLLERS, "county": "county"}),
        _post({"school": ROLLERS, "county": "county"}, data={"do": "preview"}, idle=True),
    ],
    "office:transfer": [_get({"school": "clerk"})],
    "office:offer": [_post({"school": "clerk"}, data={"person": pupil_of, "asker": "guardian"})],
    "office:accept": [
        _post(
            {"school": "clerk"},
            data={"code": CODE, "name": NAME, "birth_on": "2017-03-01", "to_class": class_of, **_TOMORROW},
        )
    ],
    "office:move_pupil": [
        _post({"school": "clerk"}, data={"person": pupil_of, "to_class": class_of, **_TOMORROW})
    ],
    "office:withdraw": [_post({"school": "clerk"}, data={"transfer": offer_of})],
    "office:undo_transfer": [_post({"school": "clerk"}, data={"change": move_of})],
    "office:home": [_get({"county": "county operator", "school": "principal county operator clerk"})],
    "office:roster": [_get({"school": "clerk"})],
    "office:search": [_post({"school": "clerk"}, data={"q": "宁"}, idle=True)],
    "office:add_person": [
        _get({"school": "clerk"}),
        _post({"school": "clerk"}, data={"name": "新来的", "class": class_beside}),
    ],
    "office:person": [_get({"pupil": "clerk"})],
    "office:edit_person": [_post({"pupil": "clerk"}, data={"dorm": "302"})],
    "office:number": [_post({"pupil": "clerk"}, data={"which": "student_number"})],
    "office:leave": [_post({"pupil": "clerk"}, data={"last_day": "2026-11-23"})],
    "office:come_back": [_post({"pupil": "clerk"}, idle=True)],  # is in class: told so
    "office:add_guardian": [_post({"pupil": "clerk"}, data={"name": "家长"})],
    "office:group": [_get({"group": "clerk"})],
    "office:put_in": [_post({"group": "clerk"}, data={"person": pupil_in})],
    "office:take_out": [_post({"group": "clerk"}, data={"person": pupil_in}, idle=True)],
    "office:links": [_get({"class": f"{CLASS} clerk"}), _post({"class": f"{CLASS} clerk"}, idle=True)],
    "office:give_guardian_link": [_post({"guardian": f"{CLASS} clerk"})],
    "office:revoke_guardian_link": [_post({"guardian": f"{CLASS} clerk"}, idle=True)],
    "office:end_guardian": [_post({"guardian": "clerk"})],
    "office:import": [
        _get({"school": "clerk"}),
        _post({}, told={"school": "clerk"}, told_status=400),  # without a file
    ],
    "office:template": [_get({"school": "clerk"})],
    "office:batch": [_get({"batch": "clerk"})],
    "office:choose": [_post({"batch": "clerk"}, data={"whole": "1"})],
    "office:apply": [_post({"batch": "clerk"}, data={"digest": digest_of})],
    "office:undo_import": [_post({"batch": "clerk"}, idle=True)],  # nothing applied yet: told so
    "office:discard": [_post({"batch": "clerk"})],
    "office:export": [
        _get({"school": "clerk principal"}),
        _post({"school": "clerk"}, data={"form": "csv", "reason": "核对"}),
    ],
    "office:approve_export": [_post({"export": "clerk principal"})],
    "office:take_export": [_post({"export": "clerk"}, idle=True)],  # only its asker takes it, and freshly
    "office:duplicates": [_get({"school": "clerk"})],
    "office:merge": [_post({"pair": "clerk"}, idle=True)],  # without a choice: told so
    "office:apart": [_post({"pair": "clerk"})],
    # ---- the CDC ----
    "partner:tray": [_get({"county": "cdc"})],
    "partner:report": [_get({"cdc": "cdc"})],
    "partner:line_list": [
        _get({"cdc": "reader"}, told={"cdc": "cdc"}, told_status=403),
        _post({"cdc": "cdc"}, data={"purpose": "现场流调"}),
        _post({}, data={"purpose": "  "}, told={"cdc": "cdc"}, told_status=400),
    ],
    "partner:acknowledge": [_post({"cdc": "cdc"})],
    "partner:answer": [_post({"cdc": "cdc"}, data={"words": "14:00到校流调"})],
    # ---- the API ----
    "api:roster": [_get(CHECKED)],
    "api:record": [_post(CHECKED, hidden=403)],
    # Undoing is for whoever said it; the desk knows of the check and is told so.
    "api:withdraw": [_post({"check": "teacher"}, told={"check": DESK}, told_status=422)],
    "api:issue": [_post(BROWSER, data={"label": "晨检手机"})],
    "api:revoke": [Row("DELETE", {"key": "self"})],
    "api:signals": [_get(ACCOUNT)],
    "api:openapi-json": [_get(ANYBODY)],
    "api:api-root": [_get({})],
}

# Served by others' views: they answer every method alike, and hold no data of ours.
ANY_METHOD = {"account_login", "account_logout", "account_inactive", "account_signup"}
ANY_METHOD |= {"mfa_authenticate", "account_reauthenticate", "mfa_reauthenticate"}
ANY_METHOD |= {"api:openapi-json", "api:api-root"}

# Whose names a page may show: the posts that care for the pupils. A principal reads masked names.
_GROUPS = "warden staff_reporter"
FULL_NAMES = f"{CLASS} {_GROUPS} clerk"
PERSONS = f"{CLASS} {_GROUPS} principal"
ROSTER = f"{PERSONS} clerk"  # who reads that there is such a pupil, though not who is ill
