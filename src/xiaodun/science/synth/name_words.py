"""Word lists from which names are put together: surnames, characters, whole given names, by sex and people.

Chosen by hand for the sound of today's class lists; the weights are rough (assumption). Whoever bears such a
name in life is not meant.
"""

from __future__ import annotations

FEMALE, MALE = 0, 1

Words = tuple[str, ...]
BySex = dict[int, Words]


def _words(text: str) -> Words:
    return tuple(text.split())


# Surname and about how many of 1,000 persons bear it; the last ones are rare and kept because software
# stumbles over them: two characters, or a character seldom met.
SURNAMES: tuple[tuple[str, float], ...] = (
    ("王", 71), ("李", 70), ("张", 67), ("刘", 51), ("陈", 46), ("杨", 31), ("黄", 22), ("赵", 21),
    ("吴", 20), ("周", 20), ("徐", 15), ("孙", 15), ("马", 13), ("朱", 13), ("胡", 13), ("郭", 12),
    ("何", 12), ("林", 11), ("高", 11), ("罗", 10), ("郑", 9), ("梁", 9), ("谢", 8), ("宋", 8),
    ("唐", 8), ("许", 7), ("韩", 7), ("邓", 7), ("冯", 7), ("曹", 6), ("彭", 6), ("曾", 6), ("肖", 6),
    ("田", 6), ("董", 6), ("潘", 6), ("袁", 5), ("蔡", 5), ("蒋", 5), ("余", 5), ("于", 5), ("杜", 5),
    ("叶", 5), ("程", 5), ("魏", 5), ("苏", 5), ("吕", 5), ("丁", 5), ("任", 5), ("卢", 4), ("姚", 4),
    ("沈", 4), ("钟", 4), ("姜", 4), ("崔", 4), ("谭", 4), ("陆", 4), ("范", 4), ("汪", 4), ("廖", 4),
    ("石", 4), ("金", 4), ("韦", 3), ("贾", 3), ("夏", 3), ("付", 3), ("方", 3), ("邹", 3), ("熊", 3),
    ("白", 3), ("孟", 3), ("秦", 3), ("邱", 3), ("侯", 3), ("江", 3), ("尹", 3), ("薛", 3), ("闫", 3),
    ("段", 3), ("雷", 3), ("龙", 3), ("黎", 3), ("史", 2), ("陶", 2), ("贺", 2), ("毛", 2), ("郝", 2),
    ("顾", 2), ("龚", 2), ("邵", 2), ("万", 2), ("覃", 2), ("武", 2), ("钱", 2), ("戴", 2), ("严", 2),
    ("莫", 2), ("孔", 2), ("向", 2), ("常", 2), ("汤", 2), ("康", 2), ("易", 2), ("乔", 2), ("文", 2),
    ("施", 2), ("洪", 2), ("齐", 1), ("温", 1), ("柳", 1), ("樊", 1), ("岳", 1), ("柴", 1), ("欧阳", 1),
    ("上官", 0.3), ("司马", 0.3), ("诸葛", 0.2), ("禤", 0.2), ("訾", 0.2), ("亓", 0.2), ("仝", 0.2),
    ("缑", 0.2), ("逄", 0.2), ("妫", 0.1),
)  # fmt: skip

# Two-character given names: one from FIRST, one from SECOND. Each reads well with nearly each.
FIRST = {
    FEMALE: "欣雨梓思诗佳若语雅婉可一沐心芷书梦静晓安紫清舒听知以宛妙亦初映念采月依艺嘉晨筱云凝锦恩悠楚",
    MALE: "子梓浩宇俊明嘉佳天思文泽昊睿晨奕一家皓铭志承景书知以亦星云弘启修沐君瑞逸博鸿靖允绍远立致怀",
}
SECOND = {
    FEMALE: "怡萱涵彤妍琪悦雯桐瑶馨蕊菲洁欣宁汐晴诺溪琳瑾妮婷玥萌冉夏希岚禾蓉棠遥朵音伊言依婧茜晗霏蔓苒筠",
    MALE: "轩宇涵浩然杰豪辰泽阳航博睿霖毅鑫凯翔晨熙恒远舟言安哲宸瑞昂朗川峰屿诚扬钧麟琛骁凡硕彦骏尧洋桓",
}
SINGLE = {
    FEMALE: "禾舒乐可果桐宁悦玥涵晴岚琪妍欣蕊雯菲璐瑶颖婧遥冉夏",
    MALE: "川望来南朗远牧晨睿阳哲昊宸毅航博轩泽骁凡恒昂磊烨铮",
}
# Given names that parents take whole, from poems or from the day of birth.
WHOLE = {
    FEMALE: _words(
        "见鹿 听雨 望舒 知秋 木子 时雨 知意 闻笛 知夏 清和 亦可 以宁 若溪 子衿 安然 小满 朵朵 半夏 初见 "
        "南乔 采薇 静姝 清扬 未晞 念之 予安 多多 果果 可可 小雨 晚晴 疏桐 春晓 青禾 如初 繁星 白露 云舒 "
        "一诺 朵儿 夏至 佳期 令仪 照晚 西洲 向暖"
    ),
    MALE: _words(
        "星野 千里 秋实 小北 行舟 朗月 星移 繁星 以南 嘉树 思齐 书言 知远 明朗 安然 小满 小洋 望山 长安 "
        "云起 怀瑾 修远 沐阳 向阳 南山 青川 拾光 逐鹿 景行 乐山 载舟 致远 守一 归远 一鸣 大川 子衿 望舒 "
        "乘风 晓光 三石 得一 小树 北辰 亦安 思源"
    ),
}
# Characters that older software loses or shows as a box; some lie outside the basic plane of Unicode.
RARE = "𠮷䶮𫍯㛃𬭎𬀩𫖯𬱖𣲗堃喆犇骉淼彧翀頔赟珺翾祎曌奡燊瀞镕"

# Names built otherwise. A household bears one row of PEOPLES: share of such households, pattern, family
# words, first words by sex, second words by sex. {family} is the household's, the others the child's.
_NONE: BySex = {FEMALE: ("",), MALE: ("",)}
_UYGHUR: BySex = {
    FEMALE: _words(
        "阿依古丽 迪丽努尔 古丽米热 帕提古丽 热依罕 阿依努尔 祖丽皮娅 麦尔耶姆 米热阿依 古丽娜尔 阿孜古丽"
    ),
    MALE: _words(
        "买买提江 艾尼瓦尔 帕尔哈提 吐尔逊江 依明江 凯迪尔丁 艾克拜尔 阿卜杜拉 麦麦提艾力 热合曼江 伊力亚尔"
    ),
}
_UYGHUR_FATHERS = _words(
    "艾力 买买提 阿卜力孜 吐尔逊 库尔班 亚森 玉素甫 依明 热合曼 木合塔尔 司马义 阿卜杜热合曼"
)
_TIBETAN = _words("扎西 丹增 洛桑 格桑 达瓦 尼玛 边巴 索朗 白玛 仁青 嘎玛 旦增")
_TIBETAN_SECOND: BySex = {
    FEMALE: _words("卓玛 拉姆 央金 曲珍 措姆 德吉 卓嘎"),
    MALE: _words("次仁 顿珠 多吉 旺堆 平措 旺久 江措"),
}
_MONGOL: BySex = {
    FEMALE: _words("乌云 萨仁 娜仁 阿拉坦 敖登 其木格"),
    MALE: _words("巴图 孟和 朝鲁 宝音 青格勒 阿拉坦"),
}
_MONGOL_SECOND: BySex = {
    FEMALE: _words("其其格 高娃 托娅 图雅 花"),
    MALE: _words("巴雅尔 巴特尔 达来 苏和 吉日嘎拉"),
}
_YI_FAMILIES = _words("吉克 阿牛 沙马 马海 曲比 阿苏 吉木 俄木")
_YI: BySex = {
    FEMALE: _words("阿呷 尔作 伍呷 木果 史外 阿西"),
    MALE: _words("木呷 尔古 拉铁 石布 日火 伍达"),
}
PEOPLES: tuple[tuple[float, str, Words, BySex, BySex], ...] = (
    (0.40, "{first}·{family}", _UYGHUR_FATHERS, _UYGHUR, _NONE),
    (0.15, "{first}", ("",), _UYGHUR, _NONE),
    (0.15, "{first}{second}", ("",), {FEMALE: _TIBETAN, MALE: _TIBETAN}, _TIBETAN_SECOND),
    (0.15, "{first}{second}", ("",), _MONGOL, _MONGOL_SECOND),
    (0.15, "{family}{first}", _YI_FAMILIES, _YI, _NONE),
)

# Staff were named a generation or two earlier.
STAFF_FIRST = {
    FEMALE: "丽秀玉晓春雪海红桂慧淑美小金亚文",
    MALE: "建志国文永晓海立春家德庆世少振向",
}
STAFF_SECOND = {
    FEMALE: "梅英芳华霞娟萍燕兰琴珍云莲玲敏红",
    MALE: "强军伟明平东峰华林辉勇刚斌杰生义",
}
STAFF_SINGLE = {
    FEMALE: "丽敏静芳燕娟霞艳莉倩婷丹洁颖琳玲红",
    MALE: "伟强军勇磊涛鹏斌明俊杰超波刚辉峰亮",
}
